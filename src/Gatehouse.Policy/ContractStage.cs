#pragma warning disable

namespace Gatehouse.Policy;

// CONTRACT STAGE ONLY: stands for what the front helper writes; deleted when it merges.
public static class PolicyParser
{
    public static PolicyParseResult Parse(PolicySource source) => throw new NotImplementedException();
}
