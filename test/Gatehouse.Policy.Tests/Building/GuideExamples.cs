using System.Linq.Expressions;

namespace Gatehouse.Policy.Tests.Building;

/// <summary>
/// The code of docs/guides/policies-in-csharp.md. What stands between <c>guide</c> and <c>end</c> is quoted there, without
/// its indentation; <see cref="GuideTextTests"/> compares the two.
/// </summary>
internal static class GuideExamples
{
    public static BuiltPolicy First()
    {
        // guide
        var debuggers = new PolicySet("debuggers", ["/usr/bin/gdb", "/usr/bin/strace"]);

        var policy = PolicyBuilder.Create("no-debuggers", p => p
            .Description("Nobody reads or writes the memory of sshd.")
            .OnProcessOpen(
                o => (o.Right == OpenRight.ReadMemory || o.Right == OpenRight.WriteMemory)
                    && o.Target.File == "/usr/sbin/sshd"
                    && !Ancestor.Any(o.Process, a => a.File == "/usr/sbin/cron"),
                r => r.Named("sshd-memory").Deny().Severity(RuleSeverity.High).Tag("T1055", "T1003.007"))
            .OnProcessExec(
                e => debuggers.Contains(e.Image.Path),
                r => r.Named("debugger").Deny().Also(RuleOperations.ImageLoad)));

        Console.WriteLine(policy.ToYaml());
        // end
        return policy;
    }

    public static BuiltPolicy Values()
    {
        // guide
        string[] folders = ["/tmp/", "/var/tmp/", "/dev/shm/"];
        var strict = Environment.MachineName.Length > 0;

        var policy = PolicyBuilder.Create("no-temporary-programs", p => p
            .OnProcessExec(
                e => folders.Any(f => e.Image.Path.StartsWith(f)) || e.Image.Memfd || (strict && e.Image.Unlinked),
                r => r.Named("temporary").Deny().Also(RuleOperations.ImageLoad).Tag("T1059")));
        // end
        return policy;
    }

    public static BuiltPolicy Arguments()
    {
        // guide
        var policy = PolicyBuilder.Create("no-preload", p => p
            .OnProcessExec(
                e => e.Environment.Contains("LD_PRELOAD") && e.Process.Uid >= 1000,
                r => r.Named("preload").Kill())
            .OnProcessExec(
                e => e.Arguments.Any(a => a.StartsWith("--inspect")) && Glob.Matches(e.Image.Path, "/usr/**/node"),
                r => r.Named("inspect").Audit()));
        // end
        return policy;
    }

    public static BuiltPolicy Others()
    {
        // guide
        var policy = PolicyBuilder.Create("namespaces", p => p
            .OnProcessCreate(c => c.Namespaces.Contains(NamespaceKind.User) && c.Process.Uid != 0, r => r.Audit())
            .OnThreadCreate(t => t.IoWorker && t.Process.Container, r => r.Audit())
            .OnProcessCredentials(
                c => c.Change == CredentialsChange.Uid && c.NewUid == 0 && !c.Process.Capabilities.Contains(Capability.Setuid),
                r => r.Audit().Severity(RuleSeverity.Critical))
            .OnProcessExit(x => x.Signal == 11, r => r.Audit()));
        // end
        return policy;
    }

    public static BuiltPolicy Shared()
    {
        // guide
        Expression<Func<IOpenFields, bool>> terminatesAgent = o =>
            o.Right == OpenRight.Terminate && o.Target.File == "/usr/sbin/auditd";

        var policy = PolicyBuilder.Create("keep-auditd", p => p
            .OnProcessOpen(terminatesAgent, r => r.Named("process").Deny())
            .OnThreadOpen(terminatesAgent, r => r.Named("thread").Deny()));
        // end
        return policy;
    }

    public static IReadOnlyList<string> Problems()
    {
        var lines = new List<string>();

        // guide
        try
        {
            PolicyBuilder.Create("broken", p => p
                .OnProcessExec(e => e.Image.Path.Contains("netcat"), r => r.Named("substring").Deny())
                .OnProcessExec(e => e.Image.Path == "/usr/bin/true", r => r.Named("granted").Allow()));
        }
        catch (PolicyExpressionException e)
        {
            foreach (var problem in e.Problems)
            {
                lines.Add($"{problem.Code} {problem.Rule}: {problem.Expression}");
            }
        }
        // end
        return lines;
    }
}
