using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Shouldly;

namespace Gatehouse.Abi.Tests;

/// <summary>The mirror has the layout that it says, and no type of bpf/abi lacks one. `make abi` proves that it is current.</summary>
public sealed partial class LayoutTests
{
    private static readonly Type[] s_types = typeof(DecisionEvent).Assembly.GetExportedTypes();

    private static string Headers => Path.Combine(RepositoryRoot(), "bpf", "abi");

    [Fact]
    public void Every_struct_has_the_size_of_the_kernel_object()
    {
        var structs = s_types.Where(static t => t.GetField("SizeInBytes") is not null).ToList();
        structs.Count.ShouldBeGreaterThan(10);
        foreach (var type in structs)
            Marshal.SizeOf(type).ShouldBe((int)type.GetField("SizeInBytes")!.GetRawConstantValue()!, type.Name);
    }

    [Fact]
    public void Fields_follow_each_other_without_a_hole()
    {
        // Keys are compared byte by byte and events go to user space, so padding must have a name.
        foreach (var type in s_types.Where(static t => t.GetField("SizeInBytes") is not null))
        {
            var end = 0;
            foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.Public).OrderBy(OffsetOf))
            {
                OffsetOf(field).ShouldBe(end, $"{type.Name}.{field.Name}");
                end = OffsetOf(field) + SizeOf(field.FieldType);
            }
            end.ShouldBe(Marshal.SizeOf(type), type.Name);
        }
    }

    [Fact]
    public void Every_type_of_the_headers_has_a_mirror()
    {
        var declared = Directory.EnumerateFiles(Headers, "*.h").SelectMany(static f => Declarations().Matches(File.ReadAllText(f)))
            .Select(static m => m.Groups["name"].Value.Replace("_", "", StringComparison.Ordinal)).ToList();
        declared.Count.ShouldBeGreaterThan(20);
        var mirrors = s_types.Select(static t => t.Name.ToLowerInvariant()).ToHashSet(StringComparer.Ordinal);
        declared.Where(d => !mirrors.Contains(d)).ShouldBeEmpty();
    }

    private static int OffsetOf(FieldInfo field) => field.GetCustomAttribute<FieldOffsetAttribute>()!.Value;

    private static int SizeOf(Type type) => type.IsEnum ? Marshal.SizeOf(Enum.GetUnderlyingType(type)) : Marshal.SizeOf(type);

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "global.json")))
            folder = folder.Parent;
        return folder!.FullName;
    }

    [GeneratedRegex(@"^(struct|enum) gh_(?<name>\w+) \{", RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Declarations();
}
