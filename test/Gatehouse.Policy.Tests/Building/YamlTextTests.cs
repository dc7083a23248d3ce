using Shouldly;
using Xunit;

namespace Gatehouse.Policy.Tests.Building;

/// <summary>The text that a policy in C# becomes.</summary>
public sealed class YamlTextTests
{
    [Fact]
    public void Everything_that_was_said_is_in_the_text_and_nothing_else()
    {
        var debuggers = new PolicySet("debuggers", ["/usr/bin/gdb", "/usr/bin/strace"]);

        var policy = PolicyBuilder.Translate("no-debuggers", p => p
            .Client("acme")
            .Altitude(0)
            .Description("Debuggers:\n none.")
            .Mode(RuleMode.Audit)
            .OnProcessOpen(
                o => o.Right == OpenRight.WriteMemory && o.Target.File == "/usr/sbin/sshd" && !debuggers.Contains(o.Process.File),
                r => r.Named("sshd").Deny().Mode(RuleMode.Enforce).Severity(RuleSeverity.High).Tag("T1055", "T1055.008")
                    .OnFull(MissAnswer.Allow).OnMiss(MissAnswer.Deny).Description("it's: a test"))
            .OnProcessExec(e => debuggers.Contains(e.Image.Path), r => r.Deny().Also(RuleOperations.ImageLoad))
            .OnProcessExit(e => true, r => r.Named("true").Audit()));

        policy.Yaml.ShouldBe("""
            apiVersion: gatehouse/v1
            metadata:
              name: no-debuggers
              client: acme
              altitude: 0
              description: "Debuggers:\n none."
            mode: audit
            sets:
              debuggers:
                - /usr/bin/gdb
                - /usr/bin/strace
            rules:
              - name: sshd
                on: process.open
                when: 'open.right == "write-memory" && target.file == "/usr/sbin/sshd" && !(process.file in debuggers)'
                action: deny
                mode: enforce
                severity: high
                tags: [T1055, T1055.008]
                onFull: allow
                onMiss: deny
                description: 'it''s: a test'
              - name: process.exec-2
                on: [process.exec, image.load]
                when: 'image.path in debuggers'
                action: deny
              - name: 'true'
                on: process.exit
                action: audit

            """.ReplaceLineEndings("\n"));
    }

    [Theory]
    [InlineData("7", "'7'")]
    [InlineData("1.5", "'1.5'")]
    [InlineData("null", "'null'")]
    [InlineData("", "''")]
    [InlineData("a: b", "'a: b'")]
    [InlineData("a\u0001b\t", "\"a\\u0001b\\t\"")]
    [InlineData("naïve", "'naïve'")]
    [InlineData("/usr/lib/x86_64-linux-gnu/libc.so.6", "/usr/lib/x86_64-linux-gnu/libc.so.6")]
    public void A_text_means_itself(string text, string written) =>
        PolicyBuilder.Translate(text, p => p.OnProcessExec(e => e.Image.Memfd, r => r.Deny())).Yaml
            .ShouldContain($"\n  name: {written}\n");

    /// <summary>Not as inline data, which is UTF-8 and cannot hold it. Escaped it is an error; written out it would silently change.</summary>
    [Fact]
    public void Half_of_a_surrogate_pair_is_not_lost() => A_text_means_itself("a\uD800", "\"a\\uD800\"");

    [Fact]
    public void The_same_rules_give_the_same_text()
    {
        static string Build() => PolicyBuilder.Translate("p", p =>
        {
            var set = new HashSet<string>(StringComparer.Ordinal) { "/b", "/a", "/c" };
            p.OnProcessExec(e => set.Contains(e.Image.Path), r => r.Deny());
        }).Yaml;

        Build().ShouldBe(Build());
    }
}
