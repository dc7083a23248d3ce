using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Gatehouse.Architecture.Tests;

/// <summary>What the project files say.</summary>
internal static class Projects
{
    /// <summary>Every project of the repository, by path.</summary>
    public static IReadOnlyList<string> All { get; } =
        [.. Repository.Files("src", ".csproj"), .. Repository.Files("test", ".csproj"), .. Repository.Files("tools", ".csproj"), .. Repository.Files("examples", ".csproj"),
            .. Repository.Files("bench", ".csproj")];

    public static string NameOf(string path) => Path.GetFileNameWithoutExtension(path);

    /// <summary>Names of the projects that a project file references itself.</summary>
    public static IReadOnlySet<string> ReferencesOf(string path) => ReferencesIn(Repository.Read(path));

    public static IReadOnlySet<string> ReferencesIn(string projectFile) =>
        XDocument.Parse(projectFile).Descendants("ProjectReference")
            .Select(static r => NameOf(r.Attribute("Include")!.Value.Replace('\\', '/')))
            .ToHashSet(StringComparer.Ordinal);

    /// <summary>
    /// Names of projects whose namespaces a source text uses. The compiler lets a project use what its references reference;
    /// such an arrow is one all the same.
    /// </summary>
    public static IReadOnlySet<string> NamespacesUsedIn(string source, IReadOnlyCollection<string> projects) =>
        Regex.Matches(CSharpText.WithoutComments(source), @"\bGatehouse\.\w+", RegexOptions.None, TimeSpan.FromSeconds(5))
            .Select(static m => m.Value)
            .Where(projects.Contains)
            .ToHashSet(StringComparer.Ordinal);
}
