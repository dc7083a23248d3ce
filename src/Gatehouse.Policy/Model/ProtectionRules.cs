using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>The rules that a protection of processes stands for. They come before those of the text, so that none of these can undo them.</summary>
internal static class ProtectionRules
{
    /// <summary>Variables by which the loader, the C library and runtimes bring code into a program.</summary>
    private static readonly ValueSet s_loading = ValueSet.Of(
    [
        "LD_PRELOAD", "LD_AUDIT", "LD_LIBRARY_PATH", "LD_PROFILE", "GCONV_PATH", "GLIBC_TUNABLES", "OPENSSL_CONF", "OPENSSL_MODULES",
        "DOTNET_STARTUP_HOOKS", "DOTNET_ADDITIONAL_DEPS", "DOTNET_SHARED_STORE", "CORECLR_ENABLE_PROFILING", "CORECLR_PROFILER",
        "CORECLR_PROFILER_PATH", "NODE_OPTIONS", "NODE_PATH", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS",
        "PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PERL5LIB", "PERL5OPT", "RUBYLIB", "RUBYOPT", "LUA_PATH", "LUA_CPATH", "BASH_ENV", "ENV",
    ]);

    /// <summary>Rights by which code or descriptors come into a process or out of it.</summary>
    private static readonly string[] s_intruding = ["debug", "write-memory", "duplicate-descriptor"];

    /// <summary>All of a file.</summary>
    public static IEnumerable<PolicyRule> Of(ImmutableArray<Protection> protections, RuleMode mode) => protections.SelectMany(p => Of(p, mode));

    private static IEnumerable<PolicyRule> Of(Protection protection, RuleMode mode)
    {
        var members = ValueSet.Of(protection.Processes.Concat(protection.Updaters));
        PolicyRule Rule(string what, RuleOperations on, RuleAction action, string description, params Condition[] when) =>
            new(new AndCondition([.. when], protection.Span), protection.Span, onMissSpan: null)
            {
                Name = protection.Name + what,
                On = on,
                Action = action,
                Mode = mode,
                Severity = protection.Severity,
                Tags = protection.Tags,
                OnMiss = MissAnswer.Deny,
                Description = protection.Description.Length > 0 ? protection.Description : description,
                Span = protection.Span,
            };
        Condition Is(string field, ValueSet values) => new TestCondition(FieldCatalog.Find(field)!, new ValueTest(values), protection.Span);
        Condition Not(Condition condition) => new NotCondition(condition, protection.Span);

        // Whoever has a mount namespace of his own may have put other libraries and orders before a member's program: it is no member.
        Condition isMember = new AndCondition(
            [Is("process.file", members), Not(new TestCondition(FieldCatalog.Find("process.container")!, new FlagTest(), protection.Span))], protection.Span);

        const RuleOperations Reach = RuleOperations.ProcessOpen | RuleOperations.ThreadOpen;
        if (!protection.Processes.IsEmpty)
        {
            Condition[] reached =
            [
                Is("target.file", ValueSet.Of(protection.Processes)),
                .. protection.Keep.IsEmpty ? (Condition[])[] : [Not(Is("open.right", ValueSet.Of(protection.Keep)))],
                Not(isMember),
            ];
            yield return Rule(".processes", Reach, RuleAction.Deny, "Nobody else reaches for the protected processes.", reached);
        }

        if (!protection.Updaters.IsEmpty)
        {
            yield return Rule(
                ".updaters",
                Reach,
                RuleAction.Deny,
                "Nobody else brings code into who may change what is protected.",
                Is("target.file", ValueSet.Of(protection.Updaters)),
                Is("open.right", ValueSet.Of(s_intruding)),
                Not(isMember));
        }

        if (members.Count > 0)
        {
            // Variables are known when the new program is in place: it ends before it runs.
            yield return Rule(
                ".start",
                RuleOperations.ProcessExec,
                RuleAction.Kill,
                "Nobody starts who may change what is protected with variables that bring code into it.",
                Is("image.file", members),
                new TestCondition(FieldCatalog.Find("exec.environment")!, new ElementTest(new ValueTest(s_loading)), protection.Span));
        }
    }
}
