using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Gatehouse.Policy;

/// <summary>Writes the text of a policy. Deterministic; what was not said in C# is not said in the text.</summary>
internal sealed class PolicyYaml
{
    private readonly StringBuilder _text = new();
    private readonly List<int> _ruleLines = [];
    private int _line = 1;

    private PolicyYaml()
    {
    }

    /// <summary>The text, and the line in which each rule begins.</summary>
    public static (string Text, IReadOnlyList<int> RuleLines) Write(
        PolicyBuilder policy, IReadOnlyList<TranslatedRule> rules, SetNames sets)
    {
        var yaml = new PolicyYaml();
        yaml.Head(policy);
        yaml.Sets(sets);
        yaml.Protections(policy.Protections);
        if (rules.Count > 0 || policy.Protections.Count == 0)
        {
            yaml.Line(rules.Count == 0 ? "rules: []" : "rules:");
        }

        foreach (var rule in rules)
        {
            yaml.Rule(rule, sets);
        }

        return (yaml._text.ToString(), yaml._ruleLines);
    }

    private void Head(PolicyBuilder policy)
    {
        Line("apiVersion: " + DocumentKeys.ApiVersion);
        Line("metadata:");
        Line("  name: " + Scalar(policy.Name));
        if (policy.ClientName is { } client)
        {
            Line("  client: " + Scalar(client));
        }

        if (policy.AltitudeValue is { } altitude)
        {
            Line(string.Create(CultureInfo.InvariantCulture, $"  altitude: {altitude}"));
        }

        if (policy.Text.Length > 0)
        {
            Line("  description: " + Scalar(policy.Text));
        }

        if (policy.PolicyMode != RuleMode.Enforce)
        {
            Line("mode: " + PolicyWords.Of(policy.PolicyMode));
        }
    }

    private void Sets(SetNames sets)
    {
        var all = sets.All.ToList();
        if (all.Count == 0)
        {
            return;
        }

        Line("sets:");
        foreach (var set in all)
        {
            Line($"  {Scalar(set.Name)}:");
            foreach (var value in set)
            {
                Line("    - " + Scalar(value));
            }
        }
    }

    private void Protections(IReadOnlyList<ProtectionOptions> protections)
    {
        if (protections.Count > 0)
        {
            Line("protect:");
        }

        foreach (var protection in protections)
        {
            Line("  - name: " + Scalar(protection.Name));
            List("processes", protection.ProcessPaths);
            if (protection.Kept is { } kept)
            {
                Line($"    keep: [{string.Join(", ", kept.Select(static r => EnumWords.WordOf(FieldCatalog.Find("open.right")!, typeof(OpenRight), r) ?? "none"))}]");
            }

            List("files", protection.FilePaths);
            List("libraries", protection.LibraryPaths);
            List("updaters", protection.UpdaterPaths);
            Optional("severity", protection.RuleSeverity, PolicyWords.Of);
            if (!protection.Tags.IsEmpty)
            {
                Line($"    tags: [{string.Join(", ", protection.Tags.Select(Scalar))}]");
            }

            if (protection.Text.Length > 0)
            {
                Line("    description: " + Scalar(protection.Text));
            }
        }
    }

    private void List(string key, ImmutableArray<string> values)
    {
        if (values.IsEmpty)
        {
            return;
        }

        Line($"    {key}:");
        foreach (var value in values)
        {
            Line("      - " + Scalar(value));
        }
    }

    private void Rule(TranslatedRule rule, SetNames sets)
    {
        _ruleLines.Add(_line);
        var options = rule.Draft.Options;
        Line("  - name: " + Scalar(rule.Draft.Name));
        Line("    on: " + Operations(options.On));
        if (rule.When is not ConstantCondition { Value: true })
        {
            Line("    when: " + SingleQuoted(ConditionText.Of(rule.When, sets)));
        }

        Line("    action: " + PolicyWords.Of(rule.Action));
        Optional("mode", options.RuleMode, PolicyWords.Of);
        Optional("severity", options.RuleSeverity, PolicyWords.Of);
        if (!options.Tags.IsEmpty)
        {
            Line($"    tags: [{string.Join(", ", options.Tags.Select(Scalar))}]");
        }

        Optional("onFull", options.FullAnswer, PolicyWords.Of);
        Optional("onMiss", options.MissAnswer, PolicyWords.Of);
        if (options.Text.Length > 0)
        {
            Line("    description: " + Scalar(options.Text));
        }
    }

    private void Optional<T>(string key, T? value, Func<T, string> word)
        where T : struct
    {
        if (value is { } given)
        {
            Line($"    {key}: {word(given)}");
        }
    }

    private static string Operations(RuleOperations on)
    {
        var words = PolicyWords.Operations.Where(o => on.HasFlag(o.Value)).Select(o => o.Word).ToList();
        return words.Count == 1 ? words[0] : $"[{string.Join(", ", words)}]";
    }

    /// <summary>Plain if that is certainly text; quoted, so that it means itself, otherwise.</summary>
    private static string Scalar(string text) =>
        !QuotedText.IsPrintable(text) ? QuotedText.Of(text) : IsPlain(text) ? text : SingleQuoted(text);

    private static string SingleQuoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>
    /// Paths, names and technique ids. A text of digits and dots, or a word that YAML knows, would be read as something
    /// else.
    /// </summary>
    private static bool IsPlain(string text) =>
        text.Length > 0
        && (char.IsAsciiLetter(text[0]) || text[0] == '/')
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '-' or '_' or '+')
        && text.ToUpperInvariant() is not ("TRUE" or "FALSE" or "NULL" or "YES" or "NO" or "ON" or "OFF" or "Y" or "N");

    private void Line(string line)
    {
        _text.Append(line).Append('\n');
        _line++;
    }
}
