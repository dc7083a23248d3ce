using Gatehouse.Agent.Sealing;
using Gatehouse.Kernel.Shielding;
using Gatehouse.Policy;
using Gatehouse.Sdk.Policies;

namespace Gatehouse.Agent.Enforcement;

/// <summary>What policies protect, as the shield takes it; and refuses what it could not keep, or what would break the host.</summary>
internal static class ProtectionGuard
{
    /// <summary>Files are protected, and the host is not sealed.</summary>
    public const string NotSealed = "GH4002";

    /// <summary>Something is not there.</summary>
    public const string Missing = "GH4003";

    /// <summary>The host itself, or Gatehouse, must be able to change it.</summary>
    public const string BreaksHost = "GH4004";

    /// <summary>The groups of a set. Protections of processes alone are rules, and nothing else.</summary>
    public static IReadOnlyList<ShieldGroup> GroupsOf(PolicySet set) =>
    [
        .. set.Policies.SelectMany(static p => p.Document.Protections.Where(static x => !x.Files.IsEmpty).Select(x => new ShieldGroup(
            $"{p.Document.Client}/{p.Name}/{x.Name}", [.. x.Processes, .. x.Updaters], x.Files, x.Libraries))),
    ];

    /// <summary>One finding for each path that stands in the way; empty if the set can be kept.</summary>
    /// <param name="set">The set.</param>
    /// <param name="isSealed">Whether this agent has a shield.</param>
    /// <param name="own">Folders that Gatehouse writes to.</param>
    public static IReadOnlyList<PolicyDiagnostic> Check(PolicySet set, bool isSealed, IReadOnlyList<string> own)
    {
        var findings = new List<PolicyDiagnostic>();
        foreach (var policy in set.Policies)
        {
            foreach (var protection in policy.Document.Protections.Where(static p => !p.Files.IsEmpty))
            {
                void Report(string code, string message) => findings.Add(Finding(policy, protection, code, message));
                if (!isSealed)
                {
                    Report(NotSealed, $"\"{protection.Name}\" protects files, which are kept on a sealed host only: start the agent with --seal, or leave `files` out");
                    continue;
                }

                foreach (var path in protection.Files.Concat(protection.Libraries).Concat(protection.Processes).Concat(protection.Updaters).Where(static p => !Path.Exists(p)))
                {
                    Report(Missing, $"{path} is not there, so it cannot be protected");
                }

                foreach (var path in protection.Files.Where(Path.Exists))
                {
                    if (WhyNot(path, own) is { } why)
                    {
                        Report(BreaksHost, why);
                    }
                }
            }
        }

        return findings;
    }

    private static string? WhyNot(string path, IReadOnlyList<string> own)
    {
        var real = PathResolver.Resolve(path) ?? path;
        if (VitalFolders.WhyNot(real) is { } why)
        {
            return why;
        }

        return own.FirstOrDefault(o => IsWithin(o, real) || IsWithin(real, o)) is { } mine
            ? $"{path} and {mine}, which is Gatehouse's own and kept already, lie in each other"
            : null;
    }

    private static bool IsWithin(string path, string folder) =>
        path.Equals(folder, StringComparison.Ordinal) || path.StartsWith(folder + "/", StringComparison.Ordinal);

    private static PolicyDiagnostic Finding(ActivePolicy policy, Protection protection, string code, string message) => new()
    {
        Code = code,
        Severity = "error",
        Message = message,
        File = policy.File.Name,
        Line = protection.Span.StartLine,
        Column = protection.Span.StartColumn,
        EndLine = protection.Span.EndLine,
        EndColumn = protection.Span.EndColumn,
    };
}
