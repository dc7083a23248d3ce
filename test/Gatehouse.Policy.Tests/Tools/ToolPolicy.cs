using System.Text;
using Shouldly;

namespace Gatehouse.Policy.Tests.Tools;

/// <summary>Policies and cases as their tools take them.</summary>
internal static class ToolPolicy
{
    public const string HashA = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    public const string HashB = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

    public static PolicyDocument Document(string rules, string name = "p", string head = "") =>
        Parsed($"apiVersion: gatehouse/v1\nmetadata: {{name: {name}}}\n{head}rules:\n{rules}");

    public static PolicyDocument Parsed(string text)
    {
        var result = TestPolicy.Parse(text, "p.yaml");
        result.Document.ShouldNotBeNull(string.Join('\n', result.Diagnostics) + "\n" + text);
        return result.Document;
    }

    public static PolicyImage Compile(params PolicyDocument[] documents)
    {
        var compilation = PolicyCompiler.Compile(documents);
        compilation.Image.ShouldNotBeNull(string.Join('\n', compilation.Diagnostics));
        return compilation.Image;
    }

    public static PolicyCaseParseResult Cases(string text, params PolicyDocument[] documents) =>
        PolicyCaseParser.Parse(new PolicySource("p.test.yaml", Encoding.UTF8.GetBytes(text)), documents);
}
