using Gatehouse.Sdk.Policies;

namespace Gatehouse.Cli.Rendering;

/// <summary>What is in force after a change, and which files the rules' paths led to.</summary>
internal static class AppliedReport
{
    public static Report Of(ApplyPoliciesResult answer)
    {
        var report = new Report().Line(
            ($"generation {answer.Generation} is in force", Tone.Good),
            $": {string.Join(", ", answer.Policies.Select(static p => p.Name).DefaultIfEmpty("no policy"))}");
        foreach (var binding in answer.Bindings)
        {
            report.Line(
                "  ",
                binding.Path,
                binding.Bound
                    ? string.Equals(binding.ResolvedPath, binding.Path, StringComparison.Ordinal) ? ": bound" : $": bound to {binding.ResolvedPath}"
                    : ($": not bound ({binding.Problem ?? "nothing is there"}); its spelling is compared", Tone.Warning));
        }

        return report;
    }
}
