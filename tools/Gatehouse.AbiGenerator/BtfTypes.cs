using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gatehouse.AbiGenerator;

/// <summary>The types of an object file, as bpftool prints them. bpftool reads BTF so that we need not.</summary>
internal sealed class BtfTypes
{
    private readonly Dictionary<int, BtfType> _byId;

    private BtfTypes(IEnumerable<BtfType> types) => _byId = types.ToDictionary(static t => t.Id);

    public IEnumerable<BtfType> Named(string kind) =>
        _byId.Values.Where(t => string.Equals(t.Kind, kind, StringComparison.Ordinal) && t.Name.StartsWith("gh_", StringComparison.Ordinal))
            .OrderBy(static t => t.Name, StringComparer.Ordinal);

    /// <summary>The type behind typedefs and qualifiers.</summary>
    public BtfType Resolve(int id)
    {
        var type = _byId[id];
        while (type.Kind is "TYPEDEF" or "CONST" or "VOLATILE")
            type = _byId[type.TargetId];
        return type;
    }

    public static BtfTypes Read(string objectFile)
    {
        var start = new ProcessStartInfo("bpftool", ["-j", "btf", "dump", "file", objectFile]) { RedirectStandardOutput = true, UseShellExecute = false };
        using var process = Process.Start(start) ?? throw new InvalidOperationException("bpftool did not start");
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"bpftool btf dump file {objectFile}: exit status {process.ExitCode}");
        var types = JsonNode.Parse(text)?["types"]?.AsArray() ?? throw new JsonException("bpftool printed no types");
        return new BtfTypes(types.Select(static t => new BtfType(t!.AsObject())));
    }
}

/// <summary>One BTF type.</summary>
internal sealed class BtfType(JsonObject node)
{
    public int Id => (int)node["id"]!;
    public string Kind => (string)node["kind"]!;
    public string Name => (string)node["name"]!;
    public int TargetId => (int)node["type_id"]!;
    public int Size => (int)node["size"]!;
    public string Encoding => (string?)node["encoding"] ?? "(none)";
    public int ElementCount => (int)node["nr_elems"]!;

    public IEnumerable<(string Name, int TypeId, int Offset)> Members =>
        node["members"]!.AsArray().Select(static m => ((string)m!["name"]!, (int)m["type_id"]!, (int)m["bits_offset"]! / 8));

    public IEnumerable<(string Name, long Value)> Values =>
        node["values"]!.AsArray().Select(static v => ((string)v!["name"]!, (long)v["val"]!));
}
