using System.ComponentModel;
using System.Diagnostics;

namespace Gatehouse.KernelTests.Guest;

/// <summary>How a program ended, or that the kernel refused to start it.</summary>
/// <param name="ErrorNumber">The errno of execve; 0 if it started.</param>
/// <param name="ExitCode">Its exit status if it started.</param>
/// <param name="Output">What it wrote, both streams.</param>
internal sealed record Outcome(int ErrorNumber, int ExitCode, string Output)
{
    public const int NotPermitted = 1;

    public bool Ran => ErrorNumber == 0 && ExitCode == 0;

    public bool Refused => ErrorNumber == NotPermitted;

    public override string ToString() =>
        ErrorNumber == 0 ? $"exit status {ExitCode}, output: {Output.Trim()}" : $"execve refused with errno {ErrorNumber}";
}

/// <summary>Running programs and attacks. Refuses to do anything outside of the test VM.</summary>
internal static class InGuest
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(180);

    /// <summary>Folder of the compiled attack programs.</summary>
    public static string Attacks { get; } = Path.Combine(Repository, "build", "attacks");

    /// <summary>The repository, which has the same path in the guest as on the host.</summary>
    public static string Repository
    {
        get
        {
            // These tests attack the machine that they run on.
            if (Environment.GetEnvironmentVariable("GATEHOUSE_VM") is null)
                throw new InvalidOperationException("kernel tests run in the test VM only: make vm");
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "global.json")))
                folder = folder.Parent;
            return folder?.FullName ?? throw new InvalidOperationException("no global.json above " + AppContext.BaseDirectory);
        }
    }

    public static string Attack(string name)
    {
        var path = Path.Combine(Attacks, name);
        return File.Exists(path) ? path : throw new FileNotFoundException("attack program is not built: make test-attacks", path);
    }

    public static Outcome Run(string file, params string[] arguments) => Run(file, arguments, []);

    public static Outcome Run(string file, IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string>> environment)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        try
        {
            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            if (!process.WaitForExit(s_patience))
            {
                process.Kill(entireProcessTree: true);
                throw new TimeoutException($"{file} {string.Join(' ', arguments)} did not end within {s_patience}");
            }
            return new Outcome(0, process.ExitCode, output + error.GetAwaiter().GetResult());
        }
        catch (Win32Exception refused)
        {
            return new Outcome(refused.NativeErrorCode, -1, refused.Message);
        }
    }

    /// <summary>Runs a shell line that must succeed: preparation, not attack.</summary>
    public static string Prepare(string line)
    {
        var outcome = Shell(line);
        return outcome.Ran ? outcome.Output : throw new InvalidOperationException($"{line}: {outcome}");
    }

    public static Outcome Shell(string line) => Run("/bin/sh", "-c", line);
}
