namespace Gatehouse.Policy;

/// <summary>
/// What a conjunction asks of the hash: one of these values or, if <paramref name="Excluded"/>, none of them.
/// Excluding an
/// empty set accepts every hash that is known, yet is not the same as having no test: it does not accept an unknown
/// one.
/// </summary>
internal sealed record HashTest(ValueSet Values, bool Excluded)
{
    public bool Accepts(string hexHash) => Values.Contains(hexHash) != Excluded;
}
