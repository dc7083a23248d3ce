using System.Text;
using Gatehouse.Policy.Tests.Schema;
using Shouldly;

namespace Gatehouse.Policy.Tests;

/// <summary>Short ways to write, parse and compile policies in tests.</summary>
internal static class TestPolicy
{
    public const string HashA = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    public const string HashB = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
    public const string HashC = "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc";

    /// <summary>A whole file around rules, each of which is a flow map without its braces.</summary>
    public static string File(string name, params string[] rules) => FileWith(name, "", rules);

    public static string FileWith(string name, string head, params string[] rules) =>
        $"apiVersion: gatehouse/v1\nmetadata: {{name: {name}}}\n{head}rules:\n"
        + string.Concat(rules.Select(r => $"  - {{{r}}}\n"));

    /// <summary>The fields of a rule; the condition must not contain double quotes.</summary>
    public static string Rule(string name, string action, string when, string more = "", string on = "[process.exec, image.load]") =>
        $"name: {name}, on: {on}, action: {action}, when: \"{when}\"{(more.Length == 0 ? "" : ", " + more)}";

    public static PolicySource Source(string text, string fileName = "test.yaml") => new(fileName, Encoding.UTF8.GetBytes(text));

    public static PolicyParseResult Parse(string text, string fileName = "test.yaml") => Parse(Source(text, fileName));

    /// <summary>Parses, and sees to it that the schema says the same.</summary>
    public static PolicyParseResult Parse(PolicySource source)
    {
        var result = PolicyParser.Parse(source);
        SchemaAgreement.Check(source, result);
        return result;
    }

    /// <summary>For what measures time; the caller has the text or the result compared outside of it.</summary>
    public static PolicyParseResult ParseOnly(PolicySource source) => PolicyParser.Parse(source);

    public static PolicyDocument Document(string text, string fileName = "test.yaml")
    {
        var result = Parse(text, fileName);
        result.Document.ShouldNotBeNull(string.Join('\n', result.Diagnostics));
        return result.Document;
    }

    public static PolicyCompilation TryCompile(params string[] texts) =>
        PolicyCompiler.Compile([.. texts.Select((t, i) => Document(t, $"file{i}.yaml"))]);

    public static PolicyImage Compile(params string[] texts)
    {
        var compilation = TryCompile(texts);
        compilation.Image.ShouldNotBeNull(string.Join('\n', compilation.Diagnostics));
        return compilation.Image;
    }

    public static string? RuleName(PolicyImage image, int? rule) => rule is { } r ? image.Rules[r].Name : null;

    public static string[] Codes(PolicyParseResult result) => [.. result.Diagnostics.Select(d => d.Code)];
}
