using Gatehouse.KernelTests.Guest;

namespace Gatehouse.KernelTests;

/// <summary>A strict policy about executable memory, for some programs.</summary>
internal static class MemoryRules
{
    private const string Becomes = "memory.map, memory.protect";

    /// <param name="who">The condition that names the programs.</param>
    /// <param name="action">What happens to them.</param>
    /// <param name="prefix">Of the names of the rules.</param>
    public static string Strict(string who, string action, string prefix) => string.Concat(
        new (string Name, string On, string When)[]
        {
            ("personality", Becomes, "memory.readImpliesExecute"),
            ("stack-or-heap", Becomes, "memory.stack || memory.heap"),
            ("writable", Becomes, "\"write\" in memory.protection"),
            ("written", "memory.protect", "memory.written"),
            ("no-file", Becomes, "memory.backing in [\"memfd\", \"shared-memory\", \"device\"]"),
            ("shared", Becomes, "memory.shared"),
            ("writers", Becomes, "image.writers"),
            ("text", "memory.write-text", ""),
        }.Select(r => Rules.Of(prefix + r.Name, r.On, r.When.Length == 0 ? who : $"{who} && ({r.When})", action)));
}
