using System.Globalization;
using System.Text;

namespace Gatehouse.Policy;

/// <summary>
/// The one spelling of an ancestor, argument or environment test: two tests mean the same if their texts are equal, in
/// other images too.
/// </summary>
internal static class TestText
{
    /// <summary>The fact that a program or text fulfils the test, or that none does.</summary>
    public static Fact Fact(FactKind kind, Conjunction tested, bool set)
    {
        var text = Of(tested);
        return kind == FactKind.Ancestor
            ? new Fact(new FactKey(kind, FieldRole.Process, TextIndex.Ancestors, 0, text), new BitTest(set, tested))
            : new Fact(
                new FactKey(
                    kind,
                    FieldRole.Operation,
                    kind == FactKind.Argument ? TextIndex.Arguments : TextIndex.Environment,
                    0,
                    text),
                new BitTest(set, tested));
    }

    private static string Of(Conjunction tested) =>
        tested.Facts.IsEmpty ? "true" : string.Join(" && ", tested.Facts.Select(f => Of(f.Key, f.Test)));

    private static string Of(FactKey key, RowTest test) => test switch
    {
        NameTest names => string.Join(" && ", names.Clauses.Select(c => Of(key, c))),
        SetTest { Excluded: false } set => $"{Subject(key)} in {List(set.Values)}",
        SetTest set => $"!({Subject(key)} in {List(set.Values)})",
        _ => throw new InvalidOperationException($"Unexpected fact {key.Kind} inside a test."),
    };

    private static string Of(FactKey key, NameClause clause)
    {
        var subject = Subject(key);
        var pattern = key.Kind switch
        {
            FactKind.ForwardName => "startsWith",
            FactKind.BackwardName => "endsWith",
            _ => "matches",
        };
        var alternatives = clause.Patterns.Items.Select(p => $"{subject}.{pattern}({Quoted(p)})").ToList();
        if (clause.Exact.Count > 0)
        {
            alternatives.Insert(0, $"{subject} in {List(clause.Exact)}");
        }

        return alternatives.Count == 1 ? alternatives[0] : $"({string.Join(" || ", alternatives)})";
    }

    private static string Subject(FactKey key) => key switch
    {
        { Role: FieldRole.Process, IsName: true } => "process.executable",
        { Role: FieldRole.Process, Kind: FactKind.File } => "process.file",
        { Role: FieldRole.Process, Kind: FactKind.Hash } => "process.sha256",
        { Role: FieldRole.Operation, IsName: true } => "text",
        _ => throw new InvalidOperationException($"Unexpected fact {key.Kind} of {key.Role} inside a test."),
    };

    private static string List(ValueSet values) => $"[{string.Join(", ", values.Items.Select(Quoted))}]";

    private static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            _ = c is '"' or '\\' ? quoted.Append('\\').Append(c)
                : char.IsControl(c) ? quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}")
                : quoted.Append(c);
        }

        return quoted.Append('"').ToString();
    }
}
