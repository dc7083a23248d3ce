using System.Globalization;
using System.Text;
using Shouldly;
using Xunit;

namespace Gatehouse.Policy.Tests.Corpus;

/// <summary>
/// What the accepted files of the corpus compile to, by its fingerprint: another machine, or another day, compiles the same
/// bytes. UPDATE_CORPUS=1 writes the list anew.
/// </summary>
public sealed class CorpusImageTests
{
    [Fact]
    public void Each_accepted_file_compiles_to_its_approved_image()
    {
        var actual = new StringBuilder();
        foreach (var name in RepositoryFiles.CorpusNames)
        {
            if (TestPolicy.Parse(RepositoryFiles.ReadCorpus(name)).Document is not { } document)
            {
                continue;
            }

            var compilation = PolicyCompiler.Compile([document]);
            (compilation.Image is null).ShouldBe(name.StartsWith("uncompilable/", StringComparison.Ordinal), name);
            actual.Append(CultureInfo.InvariantCulture, $"{name} {compilation.Image?.Fingerprint ?? "refused"}\n");
            foreach (var diagnostic in compilation.Diagnostics)
            {
                actual.Append(CultureInfo.InvariantCulture, $"    {diagnostic}\n");
            }
        }

        var approved = Path.Combine(RepositoryFiles.Corpus, "images.txt");
        if (Environment.GetEnvironmentVariable("UPDATE_CORPUS") is "1")
        {
            File.WriteAllText(approved, actual.ToString());
        }

        File.Exists(approved).ShouldBeTrue($"{approved} is missing; UPDATE_CORPUS=1 writes it.");
        actual.ToString().ShouldBe(File.ReadAllText(approved));
    }
}
