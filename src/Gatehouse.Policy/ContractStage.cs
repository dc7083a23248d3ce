#pragma warning disable
using System.Collections.Immutable;

namespace Gatehouse.Policy;

// CONTRACT STAGE ONLY: stands for what the front and back helpers write; deleted when they merge.
public static class PolicyCompiler
{
    public static PolicyCompilation Compile(IReadOnlyList<PolicyDocument> documents) => throw new NotImplementedException();

    /// <summary>
    /// Compiles again, each path (exact, or the folder of a prefix) standing for its resolved spelling too. Rules and rows keep
    /// their numbers.
    /// </summary>
    public static PolicyImage Link(PolicyImage image, IReadOnlyDictionary<string, string> resolvedPaths) =>
        throw new NotImplementedException();

    public static ImmutableArray<string> PathsToResolve(PolicyImage image) => throw new NotImplementedException();
}

public static class PolicyEvaluator
{
    public static PolicyVerdict Evaluate(PolicyImage image, OperationFacts facts) => throw new NotImplementedException();
}

public static class VectorEvaluator
{
    public static PolicyVerdict Evaluate(PolicyImage image, OperationFacts facts) => throw new NotImplementedException();
}

internal static class ImageWriter
{
    public static byte[] Write(PolicyImage image) => throw new NotImplementedException(image.ToString());
}
