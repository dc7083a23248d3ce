using System.Text.RegularExpressions;
using System.Xml.Linq;
using Shouldly;
using Xunit;

namespace Gatehouse.Architecture.Tests;

/// <summary>Unsafe code and calls into C live in Gatehouse.Interop, so that there is one place to read them.</summary>
public sealed partial class UnsafeCodeTests
{
    private const string OnlyPlace = "src/Gatehouse.Interop/";

    public static TheoryData<string> SourcesOutside =>
        [.. Repository.Files("src", ".cs").Where(static f => !f.StartsWith(OnlyPlace, StringComparison.Ordinal))];

    [Fact]
    public void Only_interop_allows_unsafe_blocks() =>
        Projects.All.Concat(Repository.Files(".", ".props", ".targets"))
            .Where(static p => AllowsUnsafe(Repository.Read(p)))
            .ShouldBe(["src/Gatehouse.Interop/Gatehouse.Interop.csproj"]);

    [Theory]
    [MemberData(nameof(SourcesOutside))]
    public void No_other_source_imports_native_functions(string path) => ImportsIn(Repository.Read(path)).ShouldBeEmpty();

    [Theory]
    [InlineData("[DllImport(\"libc\")] static extern int getpid();", 1)]
    [InlineData("[System.Runtime.InteropServices.LibraryImportAttribute(\"libc\")]", 1)]
    [InlineData("var f = NativeLibrary.Load(\"libbpf.so.1\");", 1)]
    [InlineData("var f = (delegate* unmanaged<int>)p;", 1)]
    [InlineData("// DllImport is not for here", 0)]
    [InlineData("catch (DllNotFoundException) { }", 0)]
    public void An_import_is_found_whatever_its_form(string source, int count) => ImportsIn(source).Count.ShouldBe(count);

    [Fact]
    public void A_project_that_allows_unsafe_blocks_is_found_whatever_the_spelling() =>
        AllowsUnsafe("<Project><PropertyGroup><AllowUnsafeBlocks> True </AllowUnsafeBlocks></PropertyGroup></Project>").ShouldBeTrue();

    private static bool AllowsUnsafe(string project) =>
        XDocument.Parse(project).Descendants("AllowUnsafeBlocks")
            .Any(static e => string.Equals(e.Value.Trim(), "true", StringComparison.OrdinalIgnoreCase));

    private static List<string> ImportsIn(string source) =>
        [.. Import().Matches(CSharpText.WithoutComments(source)).Select(static m => m.Value)];

    [GeneratedRegex(@"\b(?:DllImport|LibraryImport)(?:Attribute)?\b|\bNativeLibrary\.|\bdelegate\s*\*", RegexOptions.None, 5000)]
    private static partial Regex Import();
}
