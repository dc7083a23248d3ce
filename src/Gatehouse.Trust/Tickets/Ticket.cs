using System.Collections.Immutable;
using System.Globalization;

namespace Gatehouse.Trust;

/// <summary>
/// What the owner allows on a host for a time, signed away from that host: the way out of a mode in which nobody on the host,
/// root included, can end enforcement.
/// </summary>
/// <remarks>Which time: from <see cref="NotBefore"/> to <see cref="NotAfter"/>. What it allows ends then, whenever it was used.</remarks>
public sealed record Ticket
{
    /// <summary>The longest reason, in UTF-16 units.</summary>
    public const int LongestReason = 200;

    /// <summary>Hexadecimal digits of a machine id.</summary>
    public const int HostDigits = 32;

    /// <summary>The longest time between <see cref="NotBefore"/> and <see cref="NotAfter"/>: 7 days. What is longer is no maintenance.</summary>
    public static readonly TimeSpan LongestValidity = TimeSpan.FromDays(7);

    /// <summary>The shortest time: a second, because that is the unit of a ticket's times.</summary>
    public static readonly TimeSpan ShortestValidity = TimeSpan.FromSeconds(1);

    /// <summary>By what it is known.</summary>
    public required TicketId Id { get; init; }

    /// <summary>SHA-256 of the SubjectPublicKeyInfo of the key that signs it.</summary>
    public required TrustDigest Key { get; init; }

    /// <summary>The machine id of the host that it is for; null: any host.</summary>
    public required string? Host { get; init; }

    /// <summary>What it allows: at least one, each once, in the order of <see cref="TicketWords.Actions"/>.</summary>
    public required ImmutableArray<TicketAction> Actions { get; init; }

    /// <summary>From when on; UTC, whole seconds.</summary>
    public required DateTimeOffset NotBefore { get; init; }

    /// <summary>Until when; UTC, whole seconds.</summary>
    public required DateTimeOffset NotAfter { get; init; }

    /// <summary>What for, in words of the owner; may be empty.</summary>
    public string Reason { get; init; } = "";

    /// <summary>How long it is valid, and so the longest time for which it can allow something.</summary>
    public TimeSpan Validity => NotAfter - NotBefore;

    /// <summary>Whether it is for the host with this machine id (null: a host that has none).</summary>
    public bool IsFor(string? machineId) => Host is null || string.Equals(Host, machineId, StringComparison.Ordinal);

    /// <summary>Whether a text is a machine id: 32 lower-case hexadecimal digits, not all 0.</summary>
    public static bool IsHost(string? text) =>
        text is { Length: HostDigits } && !text.AsSpan().ContainsAnyExcept(TicketWords.HexDigits) && text.AsSpan().ContainsAnyExcept('0');

    /// <summary>What cannot be written in a ticket, or null.</summary>
    public string? FindProblem()
    {
        if (Actions.IsDefaultOrEmpty)
        {
            return "a ticket allows at least one action";
        }

        for (var i = 0; i < Actions.Length; i++)
        {
            if (!TicketWords.Actions.Contains(Actions[i]) || (i > 0 && Actions[i] <= Actions[i - 1]))
            {
                return "a ticket names each action once, in their order";
            }
        }

        if (Host is not null && !IsHost(Host))
        {
            return $"a host is named by its machine id, {HostDigits} lower-case hexadecimal digits, or is any";
        }

        if (!IsWholeSecond(NotBefore) || !IsWholeSecond(NotAfter))
        {
            return "a ticket's times are whole seconds in UTC";
        }

        return Validity < ShortestValidity || Validity > LongestValidity
            ? $"a ticket is valid for 1 second to {LongestValidity.TotalDays:0} days"
            : FindProblemOfReason(Reason);
    }

    /// <summary>What is wrong with a reason, or null.</summary>
    public static string? FindProblemOfReason(string reason)
    {
        ArgumentNullException.ThrowIfNull(reason);
        if (reason.Length > LongestReason)
        {
            return $"a reason has at most {LongestReason} characters";
        }

        // What a terminal shows must be what was signed: no line breaks, nothing that hides or turns text.
        return reason.EnumerateRunes().Any(IsUnprintable) || reason.AsSpan().Trim().Length != reason.Length
            ? "a reason is one line of printable text without blanks at its ends"
            : null;
    }

    // A lone surrogate is enumerated as the replacement character, which is refused for its sake.
    private static bool IsUnprintable(System.Text.Rune rune) =>
        rune == System.Text.Rune.ReplacementChar
        || System.Text.Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;

    private static bool IsWholeSecond(DateTimeOffset time) => time.Offset == TimeSpan.Zero && time.Ticks % TimeSpan.TicksPerSecond == 0;
}
