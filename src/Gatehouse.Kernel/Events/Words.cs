using System.Globalization;
using System.Text;
using Gatehouse.Abi;
using Gatehouse.Policy;

namespace Gatehouse.Kernel.Events;

/// <summary>
/// The words that events use for the kernel side's numbers. Where a policy has a word for the same thing, it is that one:
/// what is read in an event can be written into a rule.
/// </summary>
internal static class Words
{
    private static readonly Dictionary<Hook, string> s_hooks = Enum.GetValues<Hook>().ToDictionary(static h => h, static h => h switch
    {
        Hook.BprmCheck => "bprm_check_security",
        _ => Lower(h.ToString(), '_'),
    });

    private static readonly Dictionary<Reason, string> s_reasons =
        Enum.GetValues<Reason>().ToDictionary(static r => r, static r => Lower(r.ToString(), '-'));

    private static readonly Dictionary<Counter, string> s_counters =
        Enum.GetValues<Counter>().ToDictionary(static c => c, static c => Lower(c.ToString(), '-'));

    private static readonly Dictionary<uint, string> s_rights = ByNumber("open.right");
    private static readonly Dictionary<uint, string> s_backings = ByNumber("memory.backing");
    private static readonly IReadOnlyList<(string Word, ulong Bit)> s_access = FieldCatalog.Find("memory.requested")?.Words ?? [];
    private static readonly Dictionary<uint, string> s_changes = ByNumber("credentials.change");
    private static readonly Dictionary<uint, string> s_kinds = ByNumber("image.kind");
    private static readonly Dictionary<uint, string> s_trusts = ByNumber("image.trust");
    private static readonly Dictionary<uint, string> s_programTypes = ByNumber("image.programType");
    private static readonly IReadOnlyList<(string Word, ulong Bit)> s_imageFlags =
    [
        .. FieldCatalog.All.Where(static f => f is { Role: FieldRole.Image, Type: FieldType.Flag }).SelectMany(static f => f.Words),
    ];

    private static readonly IReadOnlyList<(string Word, ulong Bit)> s_mountFlags = FieldCatalog.Find("image.mountFlags")?.Words ?? [];
    private static readonly IReadOnlyList<(string Word, ulong Bit)> s_namespaces = FieldCatalog.Find("create.namespaces")?.Words ?? [];

    private static readonly IReadOnlyList<(string Word, ulong Bit)> s_creation = FieldCatalog.Find("create.flags")?.Words ?? [];
    private static readonly IReadOnlyList<(string Word, ulong Bit)> s_gained = FieldCatalog.Find("credentials.gained")?.Words ?? [];

    /// <summary>The operation as a rule's <c>on</c> has it: "process.exec" also of its second stage.</summary>
    public static string Of(Operation operation) => operation is > Operation.None and < Operation.Count
        ? PolicyWords.Of((GateOperation)operation)
        : Number("operation", (uint)operation);

    public static string Of(Hook hook) => s_hooks.GetValueOrDefault(hook) ?? Number("hook", (uint)hook);

    public static string Of(Reason reason) => s_reasons.GetValueOrDefault(reason) ?? Number("reason", (uint)reason);

    public static string Of(Counter counter) => s_counters[counter];

    public static string OfRight(uint right) => s_rights.GetValueOrDefault(right) ?? Number("right", right);

    public static string OfChange(uint change) => s_changes.GetValueOrDefault(change) ?? Number("change", change);

    public static string OfBacking(uint backing) => s_backings.GetValueOrDefault(backing) ?? Number("backing", backing);

    /// <summary>Of the lowest three bits.</summary>
    public static IReadOnlyList<string> OfAccess(ulong bits) => Of(s_access, bits & 7);

    public static string OfKind(uint kind) => s_kinds.GetValueOrDefault(kind) ?? Number("kind", kind);

    public static string OfTrust(uint trust) => s_trusts.GetValueOrDefault(trust) ?? Number("trust", trust);

    /// <summary>A type that is newer than we are has a number for a word, which no rule can name.</summary>
    public static string OfProgramType(uint type) => s_programTypes.GetValueOrDefault(type) ?? Number("type", type);

    public static IReadOnlyList<string> OfImageFlags(uint flags) => Of(s_imageFlags, flags);

    public static IReadOnlyList<string> OfMountFlags(uint flags) => Of(s_mountFlags, flags);

    public static IReadOnlyList<string> OfNamespaces(ulong cloneFlags) => Of(s_namespaces, cloneFlags);

    public static IReadOnlyList<string> OfCreation(ulong cloneFlags) => Of(s_creation, cloneFlags);

    public static IReadOnlyList<string> OfGained(ulong capabilities) => Of(s_gained, capabilities);

    private static IReadOnlyList<string> Of(IReadOnlyList<(string Word, ulong Bit)> words, ulong bits) =>
        [.. words.Where(w => (bits & w.Bit) != 0).Select(static w => w.Word)];

    private static Dictionary<uint, string> ByNumber(string field) =>
        (FieldCatalog.Find(field)?.Words ?? []).ToDictionary(static w => (uint)w.Value, static w => w.Word);

    private static string Number(string what, uint number) => string.Create(CultureInfo.InvariantCulture, $"{what}-{number}");

    private static string Lower(string pascal, char separator)
    {
        var text = new StringBuilder(pascal.Length + 4);
        foreach (var c in pascal)
        {
            if (char.IsUpper(c) && text.Length > 0)
                text.Append(separator);
            text.Append(char.ToLowerInvariant(c));
        }
        return text.ToString();
    }
}
