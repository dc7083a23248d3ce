using System.Globalization;

namespace Gatehouse.Policy;

/// <summary>
/// A policy written in C# cannot be compiled. Thrown by <see cref="PolicyBuilder.Create"/> with everything that is wrong
/// in all rules; the policy is not usable and nothing was changed.
/// </summary>
public sealed class PolicyExpressionException : Exception
{
    internal PolicyExpressionException(string policy, IReadOnlyList<PolicyExpressionProblem> problems)
        : base(Text(policy, problems)) => Problems = problems;

    /// <summary>What is wrong, in the order of the rules; at least one.</summary>
    public IReadOnlyList<PolicyExpressionProblem> Problems { get; }

    private static string Text(string policy, IReadOnlyList<PolicyExpressionProblem> problems) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"The policy \"{policy}\" cannot be built: {problems.Count} {(problems.Count == 1 ? "problem" : "problems")}.\n")
        + string.Join('\n', problems);
}
