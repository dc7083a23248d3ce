using System.Collections.Immutable;
using System.Linq.Expressions;
using Shouldly;
using Xunit;

namespace Gatehouse.Policy.Tests.Building;

/// <summary>What a lambda means, as a condition of the language.</summary>
public sealed class TranslationTests
{
    private const string Hash = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    private static readonly string[] s_debuggers = ["/usr/bin/gdb", "/usr/bin/strace"];

    [Fact]
    public void Comparisons_of_texts()
    {
        Rules.Exec(e => e.Image.Path == "/a").ShouldBe("""image.path == "/a" """.Trim());
        Rules.Exec(e => "/a" == e.Process.File).ShouldBe("""process.file == "/a" """.Trim());
        Rules.Exec(e => e.Process.File != "/a").ShouldBe("""process.file != "/a" """.Trim());
        Rules.Exec(e => e.Image.Sha256 == Hash).ShouldBe($"image.sha256 == \"{Hash.ToLowerInvariant()}\"");
        Rules.Exec(e => e.Image.Path.Equals("/a")).ShouldBe("""image.path == "/a" """.Trim());
        Rules.Exec(e => e.Image.Path.Equals("/a", StringComparison.Ordinal)).ShouldBe("""image.path == "/a" """.Trim());
        Rules.Exec(e => string.Equals("/a", e.Image.Path, StringComparison.Ordinal)).ShouldBe("""image.path == "/a" """.Trim());
    }

    [Fact]
    public void Patterns()
    {
        Rules.Exec(e => e.Image.Path.StartsWith("/tmp/")).ShouldBe("""image.path.startsWith("/tmp/")""");
        Rules.Exec(e => e.Image.Path.StartsWith("/tmp/", StringComparison.Ordinal)).ShouldBe("""image.path.startsWith("/tmp/")""");
        Rules.Exec(e => e.Image.Path.EndsWith(".so")).ShouldBe("""image.path.endsWith(".so")""");
        Rules.Exec(e => e.Image.Path.EndsWith('x')).ShouldBe("""image.path.endsWith("x")""");
        Rules.Exec(e => Glob.Matches(e.Image.Path, "/home/*/**")).ShouldBe("""image.path.matches("/home/*/**")""");
    }

    [Fact]
    public void Numbers()
    {
        Rules.Exec(e => e.Process.Uid == 0).ShouldBe("process.uid == 0");
        Rules.Exec(e => e.Process.Uid != 0).ShouldBe("process.uid != 0");
        Rules.Exec(e => e.Process.Uid > 999).ShouldBe("process.uid >= 1000");
        Rules.Exec(e => 1000 <= e.Process.Uid).ShouldBe("process.uid >= 1000");
        Rules.Exec(e => e.Image.Size < 1024).ShouldBe("image.size <= 1023");
        Rules.Exec(e => e.Image.Size <= 1024 * 1024).ShouldBe("image.size <= 1048576");
        Rules.Exec(e => e.Process.Uid < 0).ShouldBe("false");
        Rules.Exec(e => new long[] { 3, 1, 2, 7 }.Contains(e.Process.Uid)).ShouldBe("process.uid in [1, 2, 3, 7]");

        uint limit = 5;
        long? absent = 6;
        Rules.Exec(e => e.Process.Gid == limit || e.Process.Gid == absent).ShouldBe("process.gid == 5 || process.gid == 6");
    }

    [Fact]
    public void Words()
    {
        var right = OpenRight.Debug;
        OpenRight[] rights = [OpenRight.ReadMemory, OpenRight.WriteMemory];

        Rules.Open(o => o.Right == OpenRight.WriteMemory).ShouldBe("""open.right == "write-memory" """.Trim());
        Rules.Open(o => o.Right != right).ShouldBe("""open.right != "debug" """.Trim());
        Rules.Open(o => right == o.Right).ShouldBe("""open.right == "debug" """.Trim());
        Rules.Open(o => rights.Contains(o.Right)).ShouldBe("""open.right in ["read-memory", "write-memory"]""");
        Rules.Exec(e => e.Image.Kind == ImageKind.Script && e.Image.FileSystem == FileSystemKind.Tmpfs)
            .ShouldBe("""image.kind == "script" && image.fileSystem == "tmpfs" """.Trim());
    }

    [Fact]
    public void Sets_of_words_and_lists_of_texts()
    {
        Rules.Exec(e => e.Process.Capabilities.Contains(Capability.SysAdmin)).ShouldBe("""
            "CAP_SYS_ADMIN" in process.capabilities
            """);
        Rules.Create(c => !c.Namespaces.Contains(NamespaceKind.User)).ShouldBe("""
            !("user" in create.namespaces)
            """);
        Rules.Exec(e => e.Arguments.Contains("--x")).ShouldBe("""
            "--x" in exec.arguments
            """);
        Rules.Exec(e => e.Arguments.Any(a => a.StartsWith("--x"))).ShouldBe("""exec.arguments.exists(a, a.startsWith("--x"))""");
        Rules.Exec(e => e.Environment.Any(n => n == "LD_PRELOAD" || n.EndsWith("_PATH"))).ShouldBe("""
            "LD_PRELOAD" in exec.environment || exec.environment.exists(a, a.endsWith("_PATH"))
            """);
        string[] names = ["LD_AUDIT", "LD_PRELOAD"];
        Rules.Exec(e => e.Environment.Any(n => names.Contains(n))).ShouldBe("""
            "LD_AUDIT" in exec.environment || "LD_PRELOAD" in exec.environment
            """);
        Rules.Exec(e => e.Environment.Any(n => names.Any(known => n == known))).ShouldBe("""
            "LD_AUDIT" in exec.environment || "LD_PRELOAD" in exec.environment
            """);
    }

    [Fact]
    public void Flags()
    {
        var yes = true;

        Rules.Exec(e => e.Image.Memfd).ShouldBe("image.memfd");
        Rules.Exec(e => !e.Image.Memfd).ShouldBe("!(image.memfd)");
        Rules.Exec(e => e.Image.Memfd == true).ShouldBe("image.memfd");
        Rules.Exec(e => e.Image.Memfd == false).ShouldBe("!(image.memfd)");
        Rules.Exec(e => e.Image.Memfd != yes).ShouldBe("!(image.memfd)");
        Rules.Exec(e => (e.Image.Memfd || e.SetuidGain) == false).ShouldBe("!(image.memfd || exec.setuidGain)");
        Rules.Open(o => o.Child && o.Target.KernelThread && o.Process.Container)
            .ShouldBe("open.child && target.kernelThread && process.container");
    }

    [Fact]
    public void Logic_keeps_its_order_and_gets_the_parentheses_it_needs()
    {
        Rules.Exec(e => e.Image.Memfd && (e.Image.Setuid || e.Image.Setgid) && e.Image.Writers)
            .ShouldBe("image.memfd && (image.setuid || image.setgid) && image.writers");
        Rules.Exec(e => e.Image.Memfd || (e.Image.Setuid && e.Image.Setgid) || e.Image.Writers)
            .ShouldBe("image.memfd || image.setuid && image.setgid || image.writers");
        Rules.Exec(e => e.Image.Memfd && (e.Image.Setuid && (e.Image.Setgid && e.Image.Writers)))
            .ShouldBe("image.memfd && image.setuid && image.setgid && image.writers");
        Rules.Exec(e => !(e.Image.Memfd & e.Image.Setuid | e.Image.Setgid)).ShouldBe("!(image.memfd && image.setuid || image.setgid)");
    }

    [Fact]
    public void A_chain_may_be_as_long_as_programs_make_it()
    {
        var image = Expression.Parameter(typeof(IExecFields), "e");
        var path = Expression.Property(
            Expression.Property(image, typeof(IExecFields).GetProperty("Image")!), typeof(IMappedFileFields).GetProperty("Path")!);
        var tests = Enumerable.Range(0, 50_000).Select(i => (Expression)Expression.Equal(path, Expression.Constant($"/{i}")));

        var text = Rules.Exec(Expression.Lambda<Func<IExecFields, bool>>(tests.Aggregate(Expression.OrElse), image));

        text.Split(" || ").Length.ShouldBe(50_000);
    }

    [Fact]
    public void Lists_of_every_kind_are_read_when_the_policy_is_built()
    {
        const string expected = """process.file in ["/usr/bin/gdb", "/usr/bin/strace"]""";
        List<string> list = [.. s_debuggers];
        IEnumerable<string> lazy = s_debuggers.Where(d => d.Length > 3);
        ReadOnlyMemory<string> memory = s_debuggers;

        Rules.Exec(e => s_debuggers.Contains(e.Process.File)).ShouldBe(expected);
        Rules.Exec(e => list.Contains(e.Process.File)).ShouldBe(expected);
        Rules.Exec(e => lazy.Contains(e.Process.File)).ShouldBe(expected);
        Rules.Exec(e => s_debuggers.ToImmutableArray().Contains(e.Process.File)).ShouldBe(expected);
        Rules.Exec(e => new HashSet<string>(s_debuggers, StringComparer.Ordinal).Contains(e.Process.File)).ShouldBe(expected);
        Rules.Exec(e => new[] { "/usr/bin/strace", "/usr/bin/gdb", "/usr/bin/gdb" }.Contains(e.Process.File)).ShouldBe(expected);
        Rules.Exec(e => Enumerable.Contains(s_debuggers, e.Process.File, StringComparer.Ordinal)).ShouldBe(expected);
        Rules.Exec(e => memory.ToArray().Contains(e.Process.File)).ShouldBe(expected);
        Rules.Exec(e => new List<string>().Contains(e.Process.File)).ShouldBe("false");

        list.Add("/later");
        Rules.Exec(e => list.Contains(e.Process.File)).ShouldContain("/later");
    }

    [Fact]
    public void Values_come_from_anything_that_does_not_look_at_the_operation()
    {
        var folder = "/opt";
        var captured = new { Tools = new Dictionary<string, string>(StringComparer.Ordinal) { ["gdb"] = "/usr/bin/gdb" } };

        Rules.Exec(e => e.Image.Path == $"{folder}/{"gdb".ToUpperInvariant()}").ShouldBe("""image.path == "/opt/GDB" """.Trim());
        Rules.Exec(e => e.Image.Path == Path.Combine(folder, "x")).ShouldBe("""image.path == "/opt/x" """.Trim());
        Rules.Exec(e => e.Image.Path == captured.Tools["gdb"]).ShouldBe("""image.path == "/usr/bin/gdb" """.Trim());
        Rules.Exec(e => e.Image.Path == (folder.Length > 3 ? "/long" : "/short")).ShouldBe("""image.path == "/long" """.Trim());
    }

    [Fact]
    public void What_does_not_look_at_the_operation_is_decided_at_once_and_guards_what_follows()
    {
        string[]? none = null;
        var strict = true;

        Rules.Exec(e => none != null && none.Contains(e.Image.Path)).ShouldBe("false");
        Rules.Exec(e => none == null || none.Contains(e.Image.Path)).ShouldBe("true");
        Rules.Exec(e => strict && e.Image.Memfd).ShouldBe("image.memfd");
        Rules.Exec(e => (!strict && e.Image.Memfd) || e.Image.Unlinked).ShouldBe("image.unlinked");
        Rules.Exec(e => true).ShouldBe("true");
    }

    [Fact]
    public void Any_and_All_over_a_list_are_written_out()
    {
        string[] folders = ["/tmp/", "/var/tmp/"];

        Rules.Exec(e => folders.Any(f => e.Image.Path.StartsWith(f)))
            .ShouldBe("""image.path.startsWith("/tmp/") || image.path.startsWith("/var/tmp/")""");
        Rules.Exec(e => folders.All(f => e.Image.Path.StartsWith(f)))
            .ShouldBe("""image.path.startsWith("/tmp/") && image.path.startsWith("/var/tmp/")""");
        Rules.Exec(e => Array.Exists(folders, f => e.Image.Path == f + "x"))
            .ShouldBe("""image.path == "/tmp/x" || image.path == "/var/tmp/x" """.Trim());
    }

    [Fact]
    public void Ancestors()
    {
        Expression<Func<IProgramFields, bool>> isServer = p => p.File == "/usr/sbin/sshd" || p.Executable.StartsWith("/srv/");

        Rules.Exec(e => Ancestor.Any(e.Process, p => s_debuggers.Contains(p.File)))
            .ShouldBe("""ancestor(process.file in ["/usr/bin/gdb", "/usr/bin/strace"])""");
        Rules.Exec(e => !Ancestor.Any(e.Process, isServer))
            .ShouldBe("""!(ancestor(process.file == "/usr/sbin/sshd" || process.executable.startsWith("/srv/")))""");
    }

    [Fact]
    public void Texts_are_escaped()
    {
        Rules.Exec(e => e.Image.Path == "/a\"\\\n\u200E\U0001F600\U000E0001'").ShouldBe(
            "image.path == \"/a\\\"\\\\\\n\\u200E\U0001F600\\U000E0001'\"");
        Rules.Exec(e => e.Image.Path == "/\uD800").ShouldBe("image.path == \"/\\uD800\"");
    }
}
