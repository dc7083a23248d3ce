using System.Text;
using Gatehouse.Policy;
using Gatehouse.Sdk.Policies;

namespace Gatehouse.Cli.Commands;

/// <summary>A file of cases and the policies that it is about.</summary>
internal sealed record CaseSuite(
    string Path, string Text, PolicyImage? Image, IReadOnlyList<PolicyCase> Cases, IReadOnlyList<PolicyDiagnostic> Diagnostics)
{
    /// <summary>Where the cases of a policy are: for <c>x.yaml</c> in <c>x.test.yaml</c>.</summary>
    public static string BesidePolicy(string policy) => System.IO.Path.ChangeExtension(policy, ".test" + System.IO.Path.GetExtension(policy));

    /// <exception cref="IOException">The file cannot be read.</exception>
    public static CaseSuite Read(string path, IReadOnlyList<PolicyDocument> documents)
    {
        var content = PolicyFileReader.Read([path], PolicyLimits.MaxFileBytes)[0];
        var compilation = PolicyCompiler.Compile(documents);
        var parsed = PolicyCaseParser.Parse(new PolicySource(content.Path, content.Bytes), documents);
        return new CaseSuite(
            path,
            Encoding.UTF8.GetString(content.Bytes.Span),
            compilation.Image,
            parsed.Cases ?? [],
            [.. PolicySources.Convert(compilation.Diagnostics.Concat(parsed.Diagnostics))]);
    }
}
