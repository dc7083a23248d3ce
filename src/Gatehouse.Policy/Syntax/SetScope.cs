using System.Diagnostics.CodeAnalysis;

namespace Gatehouse.Policy;

/// <summary>The named sets of a file and those that every file has, as conditions see them.</summary>
internal sealed class SetScope(DiagnosticBag diagnostics)
{
    private readonly Dictionary<string, NamedSet> _sets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, NamedSet> _builtIn = new(StringComparer.Ordinal);

    /// <summary>The sets that no condition mentions.</summary>
    public IEnumerable<NamedSet> Unused => _sets.Values.Where(s => !s.Used);

    public void Add(NamedSet set) => _sets.TryAdd(set.Name, set);

    public bool Contains(string name) => _sets.ContainsKey(name);

    public void Use(string name)
    {
        if (_sets.TryGetValue(name, out var set))
        {
            set.Used = true;
        }
    }

    /// <summary>
    /// The test that a field is in the set, or null if the set does not exist or has elements that do not fit.
    /// </summary>
    public FieldTest? Resolve(ExpressionToken name, PolicyField field, ExpressionSource source)
    {
        if (_sets.TryGetValue(name.Text, out var set) || _builtIn.TryGetValue(name.Text, out set) || TryBuiltIn(name, source, out set))
        {
            set.Used = true;
            return set.For(field, diagnostics);
        }

        source.Report(
            DiagnosticCatalog.UnknownSet,
            name,
            $"There is no set `{name.Text}`.",
            diagnostics.ErrorsAreFull ? null : Spelling.DidYouMean(name.Text, _sets.Keys.Concat(RuntimeSets.All.Select(static s => s.Name))) ?? "define it under `sets:`, or write a list");
        return null;
    }

    /// <summary>What is wrong with its use is reported where it is first used.</summary>
    private bool TryBuiltIn(ExpressionToken name, ExpressionSource source, [NotNullWhen(true)] out NamedSet? set)
    {
        set = null;
        if (RuntimeSets.All.FirstOrDefault(s => string.Equals(s.Name, name.Text, StringComparison.Ordinal)) is not { } known)
        {
            return false;
        }

        var place = source.Span(name);
        set = new NamedSet(known.Name, place, [.. known.Select(path => (path, place))], sound: true);
        _builtIn.Add(known.Name, set);
        return true;
    }
}
