using System.Globalization;
using System.Text;

namespace Gatehouse.Policy;

/// <summary>Writes a proposed policy. Everything that was recorded stands in quotes, so that no name can end a comment.</summary>
internal sealed class ProposalWriter
{
    private const int LongestName = 63;
    private const int ShownRefusals = 100;

    private readonly StringBuilder _text = new();
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    public void Head(string name, int events, bool hasRules)
    {
        Line("", $"# Proposed by gatehouse policy learn from {events} recorded events. Read every rule before you use it: whatever ran while");
        Line("", "# the events were recorded is in here, wanted or not.");
        Line("", "# Put a rule into the policy whose rule it is an exception to, before that rule: in a policy the first match decides,");
        Line("", "# and across policies the most restrictive verdict wins, so that in a policy of their own these rules exempt nothing.");
        if (!hasRules)
        {
            Line("", "# There is nothing to propose.");
            return;
        }

        Line("", "apiVersion: gatehouse/v1");
        Line("", "metadata:");
        Line("", $"  name: {name}");
        Line("", "rules:");
    }

    public void Rule(
        string operation, string program, string conditions, string? listField, IReadOnlyList<(LearnedFact Fact, string? Rule)> events)
    {
        Line("  ", $"# {events.Count} times; reported by {string.Join(", ", events.Select(static e => e.Rule ?? "a rule without a name").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(QuotedText.Of))}");
        var values = events.GroupBy(static e => e.Fact.ListValue, StringComparer.Ordinal).OrderBy(static g => g.Key, StringComparer.Ordinal).ToList();
        if (listField is not null)
        {
            foreach (var value in values)
            {
                var what = string.Join(", ", value.Select(static v => v.Fact.Comment).OfType<string>().Distinct(StringComparer.Ordinal)
                    .Order(StringComparer.Ordinal).Select(QuotedText.Of));
                Line("  ", $"#   {value.Count()} times {value.Key}{(what.Length > 0 ? $": {what}" : "")}");
            }
        }

        Line("  ", $"- name: {Name(operation, program)}");
        Line("    ", $"on: {operation}");
        Line("    ", "when: |-");
        Line("      ", conditions);
        if (listField is not null)
        {
            Line("      ", values.Count == 1 ? $"&& {listField} == {values[0].Key}" : $"&& {listField} in [{string.Join(", ", values.Select(static v => v.Key))}]");
        }

        Line("    ", "action: allow");
    }

    public void Refused(IReadOnlyList<LearnedFact> facts)
    {
        if (facts.Count == 0)
        {
            return;
        }

        Line("", $"# No rule is proposed for {facts.Count} of the events:");
        var groups = facts.GroupBy(static f => (f.Operation, f.Program, f.Problem))
            .OrderByDescending(static g => g.Count())
            .ThenBy(static g => g.Key.Operation, StringComparer.Ordinal)
            .ThenBy(static g => g.Key.Program, StringComparer.Ordinal)
            .ThenBy(static g => g.Key.Problem, StringComparer.Ordinal)
            .ToList();
        foreach (var group in groups.Take(ShownRefusals))
        {
            Line("", $"#   {group.Count()} times {group.Key.Operation} by {QuotedText.Of(group.Key.Program)}: {group.Key.Problem}");
        }

        if (groups.Count > ShownRefusals)
        {
            Line("", $"#   and {groups.Count - ShownRefusals} kinds more");
        }
    }

    public override string ToString() => _text.ToString();

    private string Name(string operation, string program)
    {
        var last = program[(program.LastIndexOf('/') + 1)..].ToLowerInvariant();
        var clean = string.Concat(last.Select(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' ? c : '-'));
        var stem = $"{operation.Replace('.', '-')}-{clean}";
        stem = stem[..Math.Min(stem.Length, LongestName - 6)];
        var name = stem;
        for (var i = 2; !_names.Add(name); i++)
        {
            name = string.Create(CultureInfo.InvariantCulture, $"{stem}-{i}");
        }

        return name;
    }

    private void Line(string indentation, string text) => _text.Append(indentation).Append(text).Append('\n');
}
