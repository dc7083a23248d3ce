using System.Collections;
using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>
/// Paths or hashes under a name. A rule uses it as it uses any list (<c>set.Contains(e.Image.Path)</c>); the policy's text
/// then says <c>in name</c> and has the values once. Immutable.
/// </summary>
/// <param name="name">1 to 63 letters, digits and underscores, not beginning with a digit.</param>
/// <param name="values">The values.</param>
public sealed class PolicySet(string name, IEnumerable<string> values) : IReadOnlyCollection<string>
{
    private readonly ImmutableArray<string> _values = [.. values];

    /// <summary>The name.</summary>
    public string Name { get; } = name;

    /// <inheritdoc />
    public int Count => _values.Length;

    /// <summary>Whether a value is among them, compared character by character.</summary>
    public bool Contains(string value) => _values.Contains(value, StringComparer.Ordinal);

    /// <inheritdoc />
    public IEnumerator<string> GetEnumerator() => _values.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
