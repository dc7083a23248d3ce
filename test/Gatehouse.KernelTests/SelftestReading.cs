using System.Diagnostics;
using System.Text.Json;
using Gatehouse.KernelTests.Guest;
using Shouldly;

namespace Gatehouse.KernelTests;

/// <summary>What `gatehouse selftest --json` printed. It takes an emulated processor longer than other programs are waited for.</summary>
internal sealed class SelftestReading
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(280);

    private readonly JsonElement _report;

    private SelftestReading(int exitCode, string output)
    {
        ExitCode = exitCode;
        Output = output;
        _report = JsonDocument.Parse(output).RootElement;
    }

    public int ExitCode { get; }

    public string Output { get; }

    /// <summary>Ways with an outcome.</summary>
    public IReadOnlyList<string> With(string outcome) =>
        [.. _report.GetProperty("ways").EnumerateArray().Where(w => w.GetProperty("outcome").ValueEquals(outcome)).Select(static w =>
            $"{w.GetProperty("class").GetString()} {w.GetProperty("name").GetString()}")];

    /// <summary>Why a way had its outcome.</summary>
    public string Why(string name) =>
        _report.GetProperty("ways").EnumerateArray().Single(w => w.GetProperty("name").ValueEquals(name)).GetProperty("why").GetString()!;

    public static SelftestReading Run(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("gatehouse", ["selftest", "--json", .. arguments])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        process.WaitForExit(s_patience).ShouldBeTrue("the self-test did not end");
        return new SelftestReading(process.ExitCode, output.GetAwaiter().GetResult());
    }

    /// <summary>Neither files nor processes nor groups of it are left.</summary>
    public static void ShouldHaveLeftNothing(string state)
    {
        Directory.GetDirectories(state, "selftest-*").ShouldBeEmpty();
        Directory.GetDirectories(Path.GetDirectoryName(state)!, "gatehouse-selftest-*").ShouldBeEmpty();
        InGuest.Shell("readlink /proc/[0-9]*/exe | grep /selftest-").Output.ShouldBeEmpty();
        InGuest.Shell("find /sys/fs/cgroup -name 'gatehouse-selftest-*'").Output.ShouldBeEmpty();
        InGuest.Shell("grep selftest /proc/mounts").Output.ShouldBeEmpty();
    }
}
