using Gatehouse.KernelTests.Guest;
using Shouldly;

namespace Gatehouse.KernelTests;

/// <summary>
/// A host under policies/allow-list-packaged.yaml, in force: what normal hosts do goes on, and what nobody recorded does not. The
/// packages of this host were scanned before the guest started (make trust-database), because that takes an emulated processor an hour.
/// </summary>
[Trait("speed", "slow"), Collection(WithQuietAgent.Name)]
public sealed class AllowListTests : IClassFixture<AllowListTests.Host>
{
    [Fact]
    public void Unknown_programs_are_refused_in_every_way_and_run_once_they_are_recorded()
    {
        using var volume = Volume.Create("tmpfs");
        InGuest.Prepare($"echo 'int main(void) {{ return 0; }}' > {volume.Folder}/own.c && gcc -o {volume.Folder}/own {volume.Folder}/own.c");
        var own = $"{volume.Folder}/own";
        InGuest.Run(own).Refused.ShouldBeTrue("what gcc made is nobody's");
        InGuest.Run("/lib64/ld-linux-x86-64.so.2", own).Ran.ShouldBeFalse("nor by the loader");
        InGuest.Run(volume.Add("/bin/true", "copy")).Ran.ShouldBeTrue("a copy has the content that was recorded");

        GuestAgent.Trust(own);
        InGuest.Run(own).Ran.ShouldBeTrue("recorded by the owner");
    }

    [Fact, Trait("speed", "slowest")]
    public void Packages_are_built_installed_and_removed()
    {
        using var volume = Volume.Create("tmpfs");
        // Its maintainer script runs the program that was just unpacked.
        InGuest.Prepare($"""
            set -e
            mkdir -p {volume.Folder}/p/DEBIAN {volume.Folder}/p/usr/bin
            printf 'Package: gatehouse-test\nVersion: 1\nArchitecture: all\nMaintainer: t <t@example.org>\nDescription: test\n' > {volume.Folder}/p/DEBIAN/control
            printf '#!/bin/sh\nset -e\n/usr/bin/gatehouse-test\n' > {volume.Folder}/p/DEBIAN/postinst
            printf '#!/bin/sh\ntrue # of the package\n' > {volume.Folder}/p/usr/bin/gatehouse-test
            chmod 755 {volume.Folder}/p/DEBIAN/postinst {volume.Folder}/p/usr/bin/gatehouse-test
            dpkg-deb --root-owner-group -b {volume.Folder}/p {volume.Folder}/gatehouse-test.deb
            """);
        var installed = InGuest.Shell($"DEBIAN_FRONTEND=noninteractive apt-get install -y {volume.Folder}/gatehouse-test.deb");
        installed.ExitCode.ShouldBe(0, installed.ToString());
        InGuest.Run("/usr/bin/gatehouse-test").Refused.ShouldBeTrue("installed, and not recorded yet");
        GuestAgent.TrustCommand("update");
        InGuest.Run("/usr/bin/gatehouse-test").Ran.ShouldBeTrue("recorded by the update that the hook of apt calls");
        var removed = InGuest.Shell("DEBIAN_FRONTEND=noninteractive apt-get remove -y gatehouse-test");
        removed.ExitCode.ShouldBe(0, removed.ToString());
    }

    [Theory]
    [InlineData("python3 with extension modules", "/usr/bin/python3 -c 'import ssl, ctypes, sqlite3, json, zlib; print(ssl.OPENSSL_VERSION)'")]
    [InlineData("node, which compiles", "/usr/bin/node -e 'let n = 0; for (let i = 0; i < 1e5; i++) n += i; console.log(n)'")]
    [InlineData("java, which compiles", "/usr/bin/java -XX:TieredStopAtLevel=1 -version")]
    [InlineData("perl with XS modules", "perl -MPOSIX -MSocket -MDigest::SHA -e 'print Digest::SHA::sha256_hex(1)'")]
    [InlineData("grep, which compiles its pattern", "echo abc | grep -P 'a.c'")]
    public void Runtimes_of_packages_go_on(string what, string command)
    {
        var outcome = InGuest.Shell(command);
        outcome.ExitCode.ShouldBe(0, $"{what}: {outcome}");
    }

    [Fact]
    public void A_recorded_dotnet_runs_and_its_memory_cannot_be_borrowed()
    {
        // Any program of .NET that ends soon; compiled code is mapped from memory without a name.
        var outcome = InGuest.Run("gatehouse", "--version");
        outcome.Ran.ShouldBeTrue(outcome.ToString());
        var dotnet = InGuest.Run("dotnet", Path.Combine(InGuest.Repository, "test", "Gatehouse.KernelTests", "bin", "Release", "net10.0", "Gatehouse.KernelTests.dll"), "-list", "classes");
        dotnet.Output.ShouldContain("AllowListTests");
        GuestAgent.Trust(InGuest.Attack("memfdexec"));
        InGuest.Run(InGuest.Attack("memfdexec"), InGuest.Attack("payload")).Ran.ShouldBeFalse("another program executes memory");
    }

    [Fact]
    public void Container_on_an_overlay_runs_what_is_recorded_and_nothing_else()
    {
        using var volume = Volume.Create("tmpfs");
        InGuest.Prepare($"""
            set -e
            cd {volume.Folder}
            mkdir lower upper work root
            mkdir -p lower/bin lower/lib64 lower/lib/x86_64-linux-gnu
            cp /bin/true lower/bin/true
            cp /lib64/ld-linux-x86-64.so.2 lower/lib64/
            cp /lib/x86_64-linux-gnu/libc.so.6 lower/lib/x86_64-linux-gnu/
            cp {InGuest.Attack("payload")} lower/bin/own
            mount -t overlay overlay -o lowerdir=lower,upperdir=upper,workdir=work root
            """);
        try
        {
            InGuest.Run("/usr/bin/unshare", "--mount", "--pid", "--fork", "/usr/sbin/chroot", $"{volume.Folder}/root", "/bin/true").Ran.ShouldBeTrue();
            InGuest.Run("/usr/bin/unshare", "--mount", "--pid", "--fork", "/usr/sbin/chroot", $"{volume.Folder}/root", "/bin/own").Ran.ShouldBeFalse();
        }
        finally
        {
            InGuest.Shell($"umount -l {volume.Folder}/root");
        }
    }

    /// <summary>The database of this host, the programs of the tests themselves, and the policy in force.</summary>
    public sealed class Host(QuietAgent agent) : IAsyncLifetime
    {
        private static string Policy => Path.Combine(InGuest.Repository, "policies", "allow-list-packaged.yaml");

        public async ValueTask InitializeAsync()
        {
            agent.UseTrust(Path.Combine(InGuest.Repository, "build", "trust", "trust.db"));
            // .NET is no package here, nor are the tests, their attackers excepted.
            var own = InGuest.Prepare($"""
                find "$(dirname "$(readlink -f "$(command -v dotnet)")")" {InGuest.Repository}/build/publish/bin {InGuest.Repository}/test/Gatehouse.KernelTests/bin -type f \( -name '*.so' -o -perm -u+x \)
                """).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            GuestAgent.Trust(own);
            var dotnet = InGuest.Prepare("readlink -f \"$(command -v dotnet)\"").Trim();
            var runtimes = $"compiling_runtimes: [{dotnet}, {InGuest.Repository}/build/publish/bin/gatehouse, {InGuest.Repository}/build/publish/bin/gatehoused, ";
            var text = (await File.ReadAllTextAsync(Policy)).Replace("mode: audit", "mode: enforce", StringComparison.Ordinal)
                .Replace("compiling_runtimes: [", runtimes, StringComparison.Ordinal);
            await agent.ApplyAsync([new PolicyFile("allow-list-packaged.yaml", text)]);
        }

        public async ValueTask DisposeAsync()
        {
            await agent.EnsureAsync(Rules.Neutral);
            agent.EndTrust();
        }
    }
}
