using System.Text;
using Gatehouse.Agent.Composition;
using Gatehouse.Agent.Enforcement;
using Gatehouse.Agent.Sealing;
using Gatehouse.Agent.Tests.Fakes;
using Gatehouse.Kernel;
using Shouldly;
using Xunit;

namespace Gatehouse.Agent.Tests.Sealing;

public sealed class SealScopeTests
{
    public static TheoryData<string, object> OtherOptions => new()
    {
        { "policy", new AgentOptions { PolicyPaths = ["/x"] } },
        { "two policies", new AgentOptions { PolicyPaths = ["/x", "/y"] } },
        { "state", new AgentOptions { StateDirectory = "/x" } },
        { "trust", new AgentOptions { TrustDatabasePath = "/x" } },
        { "owner", new AgentOptions { OwnerKeyPath = "/x" } },
        { "socket", new AgentOptions { SocketPath = "/x" } },
        { "report", new AgentOptions { Reporting = ReportMode.Matched } },
        { "ring", new AgentOptions { RingBytes = 65536 } },
        { "watchdog", new AgentOptions { QuestionWatchdog = TimeSpan.FromSeconds(3) } },
        { "failure", new AgentOptions { OnCanaryFailure = FailureResponse.Panic } },
        { "level", new AgentOptions { LogLevel = Microsoft.Extensions.Logging.LogLevel.Critical } },
    };

    [Theory]
    [MemberData(nameof(OtherOptions))]
    public void What_the_agent_was_told_otherwise_has_another_digest(string what, object options)
    {
        var digest = SealScope.Digest((AgentOptions)options);
        digest.Length.ShouldBe(32);
        digest.ShouldNotBe(SealScope.Digest(new AgentOptions()), what);
        digest.ShouldBe(SealScope.Digest((AgentOptions)options));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/usr")]
    [InlineData("/etc")]
    [InlineData("/var/lib")]
    [InlineData("/tmp/")]
    [InlineData("/proc")]
    public void Folder_that_the_host_must_be_able_to_change_is_refused_with_a_reason(string folder) =>
        Should.Throw<KernelGateException>(() => SealScope.Of([folder], [])).Message.ShouldContain("the host itself must be able to change");

    [Fact]
    public void What_lies_in_a_kept_folder_is_named_by_it()
    {
        using var directory = new TestDirectory();
        var folder = directory.File("kept");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "one"), "");
        var beside = directory.File("kept-not");
        File.WriteAllText(beside, "");

        var scope = SealScope.Of([folder + "/", Path.Combine(folder, "one"), beside], [Path.Combine(folder, "one"), "/lib/x.so", "/lib/x.so"]);

        scope.Kept.ShouldBe([folder, beside]);
        scope.Contents.ShouldBe(["/lib/x.so"]);
    }

    [Fact]
    public void Only_files_whose_code_is_mapped_count() => SealScope.MappedFiles(
    [
        "7f00-7f01 r-xp 00000000 fe:00 5                          /usr/lib/libc.so.6",
        "7f01-7f02 r--p 00000000 fe:00 5                          /usr/lib/data",
        "7f02-7f03 rwxs 00000000 00:01 9                          /memfd:doublemapper (deleted)",
        "7f03-7f04 r-xp 00000000 fe:00 6                          /usr/lib/gone.so (deleted)",
        "7f04-7f05 r-xp 00000000 00:00 0                          [vdso]",
        "7f05-7f06 r-xp 00000000 00:00 0 ",
        "7f06-7f07 r-xp 00001000 fe:00 7                          /opt/with blank/lib.so",
    ]).ShouldBe(["/usr/lib/libc.so.6", "/opt/with blank/lib.so"]);

    [Fact]
    public void Second_execution_has_the_same_arguments_and_an_environment_that_brings_no_code()
    {
        KeeperStart.Arguments(Encoding.UTF8.GetBytes("/usr/lib/gatehouse/gatehoused\0--seal\0--policy\0\0")).ShouldBe(["@gatehoused", "--seal", "--policy", ""]);
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["PATH"] = "/bin", ["LD_PRELOAD"] = "/x.so", ["NOTIFY_SOCKET"] = "@n", ["DOTNET_EnableDiagnostics"] = "1", ["GATEHOUSE_KEEPER"] = "1",
        };
        KeeperStart.Environs("42", variables.GetValueOrDefault)
            .ShouldBe(["PATH=/bin", "NOTIFY_SOCKET=@n", "DOTNET_EnableDiagnostics=0", "GATEHOUSE_KEEPER=42"]);
    }
}
