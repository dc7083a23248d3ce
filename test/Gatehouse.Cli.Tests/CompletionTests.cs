using System.Diagnostics;
using Shouldly;
using Xunit;

namespace Gatehouse.Cli.Tests;

public sealed class CompletionTests
{
    [Theory]
    [InlineData("gatehouse pol", "policy")]
    [InlineData("gatehouse policy ", "apply check confirm diff explain learn list remove replay schema show test try")]
    [InlineData("gatehouse trust ", "add export list remove scan update verify")]
    [InlineData("gatehouse trust list --source ", "baseline package signer")]
    [InlineData("gatehouse events --verdict ", "allow audit deny kill")]
    [InlineData("gatehouse events --operation ", "image.load memory.map memory.protect memory.userfaultfd memory.write-text process.create process.credentials process.exec process.exit process.open thread.create thread.open")]
    [InlineData("gatehouse completion ", "bash fish zsh")]
    public async Task The_program_suggests_what_comes_next(string line, string expected)
    {
        var (status, output, _) = await CommandLine.RunAsync($"[suggest:{line.Length}]", line);

        status.ShouldBe(0);
        output.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldBeSubsetOfAndContain(expected.Split(' '));
    }

    [Theory]
    [InlineData("bash", "complete -o default -F _gatehouse gatehouse")]
    [InlineData("zsh", "compdef _gatehouse gatehouse")]
    [InlineData("fish", "complete -c gatehouse")]
    public async Task Each_shell_gets_a_script_that_asks_the_program(string shell, string registration)
    {
        var (status, output, _) = await CommandLine.RunAsync("completion", shell);

        status.ShouldBe(0);
        output.ShouldContain(registration);
        output.ShouldContain("[suggest:");
    }

    [Fact]
    public async Task The_bash_script_completes_a_command_in_bash()
    {
        var (_, script, _) = await CommandLine.RunAsync("completion", "bash");

        // A stand-in for the program that prints what it was asked, and two answers of which one fits.
        const string test = """
            gatehouse() { echo "asked $1 $2" >&3; printf 'status\npolicy\n'; }
            COMP_LINE='gatehouse pol --json'; COMP_POINT=13; COMP_WORDS=(gatehouse pol --json); COMP_CWORD=1
            _gatehouse
            echo "${COMPREPLY[*]}"
            """;
        var info = new ProcessStartInfo("bash") { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        using var bash = Process.Start(info)!;
        await bash.StandardInput.WriteAsync("exec 3>&1\n" + script + test + "\n");
        bash.StandardInput.Close();

        var output = await bash.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);

        output.ShouldBe("asked [suggest:13] gatehouse pol\npolicy\n");
    }
}

internal static class SuggestionAssertions
{
    // Options that every command has may be suggested beside what is expected.
    public static void ShouldBeSubsetOfAndContain(this string[] suggestions, string[] expected)
    {
        suggestions.Where(static s => s[0] is not ('-' or '/')).ShouldBe(expected, ignoreOrder: true);
    }
}
