using Shouldly;
using Xunit;
using static Gatehouse.Policy.Tests.TestPolicy;

namespace Gatehouse.Policy.Tests.Syntax;

/// <summary>What conditions are read as, by the type of their fields.</summary>
public sealed class ConditionSyntaxTests
{
    [Theory]
    [InlineData("image.path == '/a'", "image.path {/a}")]
    [InlineData("'/a' == image.path", "image.path {/a}")]
    [InlineData("image.path in ['/b', '/a', '/b',]", "image.path {/a /b}")]
    [InlineData("image.path in paths", "image.path {/x /y}")]
    [InlineData("image.path.startsWith('/usr/')", "image.path Prefix /usr/")]
    [InlineData("image.path.endsWith('.so')", "image.path Suffix .so")]
    [InlineData("image.path.matches('/home/*/.ssh/**')", "image.path Glob /home/*/.ssh/**")]
    [InlineData(@"image.path.matches('/a\\*b')", @"image.path Glob /a\*b")]
    [InlineData("image.file != '/a'", "!image.file {/a}")]
    [InlineData("process.file in paths", "process.file {/x /y}")]
    public void Paths_and_files(string when, string read) => Read(when).ShouldBe(read);

    [Theory]
    [InlineData("process.uid == 0", "process.uid 0-0")]
    [InlineData("process.uid != 0", "!process.uid 0-0")]
    [InlineData("process.uid < 1000", "process.uid 0-999")]
    [InlineData("1000 > process.uid", "process.uid 0-999")]
    [InlineData("process.uid <= 1000", "process.uid 0-1000")]
    [InlineData("process.uid > 4294967295", "process.uid 4294967296-18446744073709551615")]
    [InlineData("process.uid >= 1000", "process.uid 1000-18446744073709551615")]
    [InlineData("1000 <= process.uid", "process.uid 1000-18446744073709551615")]
    [InlineData("process.uid < 0", "process.uid ")]
    [InlineData("process.uid in [5, 3, 4, 9, 4, 007]", "process.uid 3-5 7-7 9-9")]
    [InlineData("process.uid in ids", "process.uid 0-1 33-33")]
    [InlineData("image.size > 9223372036854775807", "image.size 9223372036854775808-18446744073709551615")]
    public void Numbers_become_ranges_that_are_sorted_and_merged(string when, string read) => Read(when).ShouldBe(read);

    [Theory]
    [InlineData("image.kind == 'script'", "image.kind {script}")]
    [InlineData("image.fileSystem in ['tmpfs', 'nfs']", "image.fileSystem {nfs tmpfs}")]
    [InlineData("image.memfd", "image.memfd set")]
    [InlineData("!image.memfd", "!image.memfd set")]
    [InlineData("image.memfd == true", "image.memfd set")]
    [InlineData("image.memfd != true", "!image.memfd set")]
    [InlineData("false == image.memfd", "!image.memfd set")]
    [InlineData("image.memfd != false", "image.memfd set")]
    [InlineData("image.memfd && image.overlay || true", "((image.memfd set & image.overlay set) | true)")]
    [InlineData("'CAP_SYS_PTRACE' in process.capabilities", "process.capabilities has CAP_SYS_PTRACE")]
    [InlineData("!('CAP_BPF' in process.capabilities)", "!process.capabilities has CAP_BPF")]
    public void Words_and_flags(string when, string read) => Read(when).ShouldBe(read);

    [Theory]
    [InlineData("'-c' in exec.arguments", "exec.arguments some {-c}")]
    [InlineData("exec.arguments.exists(a, a == '-c')", "exec.arguments some {-c}")]
    [InlineData("exec.arguments.exists(a, '-c' == a)", "exec.arguments some {-c}")]
    [InlineData("exec.arguments.exists(a, a in ['-c', '-e'])", "exec.arguments some {-c -e}")]
    [InlineData("exec.arguments.exists(x, x in paths)", "exec.arguments some {/x /y}")]
    [InlineData("exec.arguments.exists(arg, arg.startsWith('--inspect'))", "exec.arguments some Prefix --inspect")]
    [InlineData("!exec.arguments.exists(a, a.endsWith('x'))", "!exec.arguments some Suffix x")]
    [InlineData("exec.environment.exists(e, e.matches('LD_*'))", "exec.environment some Glob LD_*")]
    public void Arguments_and_environment(string when, string read) => Read(when).ShouldBe(read);

    [Theory]
    [InlineData("ancestor(process.file == '/a')", "ancestor(process.file {/a})")]
    [InlineData("!ancestor(process.file == '/a' && !(process.file == '/b'))", "!ancestor((process.file {/a} & !process.file {/b}))")]
    [InlineData("ancestor(process.executable.endsWith('/sshd')) && process.uid == 0", "(ancestor(process.executable Suffix /sshd) & process.uid 0-0)")]
    public void Ancestors(string when, string read) => Read(when).ShouldBe(read);

    [Theory]
    [InlineData("image.path.startsWith('')", "GH2015")]
    [InlineData("image.path.startsWith('usr/')", "GH2010")]
    [InlineData("image.path.endsWith('nc')", null)]
    [InlineData("image.path.endsWith('nc/')", "GH2011")]
    [InlineData("image.path.startsWith('/tmp/.')", null)]
    [InlineData("image.path.startsWith('/usr/../tmp')", "GH2011")]
    [InlineData("image.path.startsWith('/usr//lib')", "GH2011")]
    [InlineData("image.path.matches('*.py')", "GH2010")]
    [InlineData("image.path.matches('**.py')", null)]
    [InlineData("image.path.matches('/a/***')", "GH2015")]
    [InlineData("image.path.matches('/a[bc]')", "GH2015")]
    [InlineData(@"image.path.matches('/a\\[bc]')", null)]
    [InlineData(@"image.path.matches('/a\\')", "GH2015")]
    [InlineData("image.path.matches('/{a,b}')", "GH2015")]
    [InlineData("image.path.matches('/a.*$')", "GH3110")]
    [InlineData("image.file.startsWith('/a')", "GH2009")]
    [InlineData("exec.arguments.startsWith('/a')", "GH2009")]
    [InlineData("image.path.exists(a, a == '/a')", "GH2009")]
    [InlineData("image.path.startsWith(paths)", "GH2009")]
    [InlineData("image.path.startsWith('/a', '/b')", "GH2009")]
    [InlineData("image.path.contains('/a')", "GH2008")]
    [InlineData("size(exec.arguments) > 3", "GH2008 GH2004")]
    [InlineData("has(image.path)", "GH2008")]
    public void Patterns_and_functions_are_checked(string when, string? codes) => Findings(when).ShouldBe(codes ?? "");

    [Theory]
    [InlineData("process.uid == '0'", "GH2009")]
    [InlineData("process.uid == -1", "GH2008")]
    [InlineData("process.uid == 0x10", "GH2016")]
    [InlineData("process.uid == 1.5", "GH2016")]
    [InlineData("process.uid == 4294967296", "GH2016")]
    [InlineData("image.size == 9223372036854775808", "GH2016")]
    [InlineData("image.size == 99999999999999999999999", "GH2016")]
    [InlineData("process.uid in paths", "GH2016 GH2016")]
    [InlineData("process.uid in [1, '2']", "GH2009")]
    [InlineData("process.uid", "GH2004")]
    [InlineData("process.uid && true", "GH2004")]
    [InlineData("process.uid == process.gid", "GH2009")]
    [InlineData("image.path < '/a'", "GH2009")]
    [InlineData("image.memfd == 'true'", "GH2009")]
    [InlineData("image.memfd in [true]", "GH2009 GH2004")]
    [InlineData("!image.memfd == true", "GH2004")]
    [InlineData("image.memfd > 0", "GH2009")]
    [InlineData("image.kind == 'libary'", "GH2014")]
    [InlineData("process.capabilities == 'CAP_KILL'", "GH2009")]
    [InlineData("process.capabilities in ['CAP_KILL']", "GH2009")]
    [InlineData("'CAP_KIL' in process.capabilities", "GH2014")]
    [InlineData("'/a' in image.path", "GH2009")]
    [InlineData("'/a' in paths", "GH2009")]
    [InlineData("7 in process.uid", "GH2004")]
    [InlineData("'' in exec.arguments", "GH2017")]
    [InlineData("'LD_PRELOAD=x' in exec.environment", "GH2017")]
    [InlineData("exec.environment in ['LD_PRELOAD']", "GH2009")]
    public void Values_are_checked(string when, string codes) => Findings(when).ShouldBe(codes);

    [Theory]
    [InlineData("ancestor(image.path == '/a')", "GH2018")]
    [InlineData("ancestor(process.uid == 0)", "GH2018")]
    [InlineData("ancestor(ancestor(process.file == '/a'))", "GH2018")]
    [InlineData("ancestor(process.fil == '/a')", "GH2006")]
    [InlineData("ancestor(process.file == '/a'", "GH2004")]
    [InlineData("ancestor()", "GH2004")]
    [InlineData("exec.arguments.exists(a, b == '-c')", "GH2019")]
    [InlineData("exec.arguments.exists(a, image.path == '/a')", "GH2019")]
    [InlineData("exec.arguments.exists(a, a != '-c')", "GH2019")]
    [InlineData("exec.arguments.exists(a, !(a == '-c')) && process.uid == 'x'", "GH2019 GH2009")]
    [InlineData("exec.arguments.exists(a, a == '-c' || a == '-e')", "GH2019")]
    [InlineData("exec.arguments.exists(a, a.size() == 3)", "GH2019")]
    [InlineData("exec.arguments.exists('a')", "GH2019")]
    [InlineData("exec.arguments.exists(a)", "GH2019")]
    [InlineData("exec.arguments.exists(a, a == '-c'", "GH2004")]
    [InlineData("exec.arguments.exists(a, a.startsWith(''))", "GH2015")]
    [InlineData("exec.arguments.exists(a, a.matches('[ab]')) || image.memfd == 1", "GH2015 GH2009")]
    public void What_stands_in_parentheses_is_checked(string when, string codes) => Findings(when).ShouldBe(codes);

    [Theory]
    [InlineData("image.path.startWith('/a')", "did you mean `startsWith`?")]
    [InlineData("image.path.contains('/a')", "write field.matches(\"**…**\") for a path, or \"…\" in field for a list")]
    [InlineData("process.uid =~ 'x'", "write field.matches(\"…\") with a glob")]
    [InlineData("proces.uid == 0", "did you mean `process.uid`?")]
    [InlineData("'CAP_PTRACE' in process.capabilities", "did you mean `CAP_SYS_PTRACE`?")]
    [InlineData("open.right == 'terminat'", "did you mean `terminate`?")]
    [InlineData("exec.arguments.startsWith('-c')", "write exec.arguments.exists(a, a.startsWith(\"…\"))")]
    [InlineData("'LD_PRELOAD=/x' in exec.environment", "write \"LD_PRELOAD\"")]
    public void Suggestions_say_what_to_write(string when, string suggestion) =>
        Parsed(when).Diagnostics.ShouldContain(d => d.Suggestion == suggestion);

    private static string Findings(string when) =>
        string.Join(' ', Codes(Parsed(when)).Where(c => !c.StartsWith("GH301", StringComparison.Ordinal) && c is not "GH3105"));

    private static string Read(string when)
    {
        var result = Parsed(when);
        result.Document.ShouldNotBeNull(string.Join('\n', result.Diagnostics));
        return ConditionText.Of(result.Document.Rules[0].When);
    }

    private static PolicyParseResult Parsed(string when) => Parse(FileWith(
        "p",
        "sets:\n  paths: [/x, /y]\n  ids: [33, '0', 1]\n",
        Rule("r", "audit", when.Replace(@"\", @"\\", StringComparison.Ordinal), on: "process.exec")));
}
