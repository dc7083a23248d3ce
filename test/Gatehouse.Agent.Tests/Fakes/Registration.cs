using System.Globalization;

namespace Gatehouse.Agent.Tests.Fakes;

/// <summary>Registrations as an owner writes them; by default of the very process that runs the tests.</summary>
internal static class Registration
{
    public static uint Uid { get; } = uint.Parse(
        File.ReadLines("/proc/self/status").First(static l => l.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[1],
        CultureInfo.InvariantCulture);

    public static string Text(
        string name = "acme", string? path = null, string? user = null, string classes = "process, thread, image, memory, agent", string altitude = "from: 1000, to: 2000", string more = "") =>
        $$"""
        apiVersion: gatehouse/v1
        client: {{name}}
        executable: { path: {{path ?? Environment.ProcessPath}} }
        user: "{{user ?? Uid.ToString(CultureInfo.InvariantCulture)}}"
        classes: [{{classes}}]
        altitude: { {{altitude}} }
        {{more}}

        """;

    /// <summary>Writes it into the folder that the tests' agent reads, as root would: nobody else may write it.</summary>
    public static string Add(TestDirectory directory, string text, string file = "acme.yaml")
    {
        var path = directory.Write("clients.d/" + file, text);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        File.SetUnixFileMode(Path.GetDirectoryName(path)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}
