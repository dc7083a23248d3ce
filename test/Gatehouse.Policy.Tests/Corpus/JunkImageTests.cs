using FsCheck;
using FsCheck.Fluent;
using Gatehouse.Policy.Tests.Syntax;
using Xunit;

namespace Gatehouse.Policy.Tests.Corpus;

/// <summary>Whatever the parser accepts is compiled, or refused with errors, but never answered with an exception.</summary>
public sealed class JunkImageTests
{
    [Fact]
    public void Mutated_files_of_the_corpus_compile_or_are_refused() =>
        Prop.ForAll(Junk.OfTheCorpus, CompilesOrIsRefused).Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));

    [Fact]
    public void Files_of_the_corpus_that_end_early_compile_or_are_refused()
    {
        foreach (var file in Junk.Corpus())
        {
            for (var length = 0; length < file.Length; length += Math.Max(1, file.Length / 300))
            {
                Assert.True(CompilesOrIsRefused(file[..length]));
            }
        }
    }

    private static bool CompilesOrIsRefused(byte[] bytes)
    {
        if (TestPolicy.Parse(new PolicySource("junk.yaml", bytes)).Document is not { } document)
        {
            return true;
        }

        var compilation = PolicyCompiler.Compile([document]);
        return (compilation.Image is null) == compilation.Diagnostics.Any(d => d.Severity == DiagnosticSeverity.Error);
    }
}
