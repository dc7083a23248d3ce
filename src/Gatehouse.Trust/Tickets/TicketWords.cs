using System.Buffers;
using System.Globalization;

namespace Gatehouse.Trust;

/// <summary>The words of tickets: in their text, on the command line, in JSON.</summary>
public static class TicketWords
{
    internal static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    private const string TimeForm = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    /// <summary>All actions, in the order in which a ticket names them.</summary>
    public static IReadOnlyList<TicketAction> Actions { get; } =
        [TicketAction.Unseal, TicketAction.Stop, TicketAction.Upgrade, TicketAction.Policy];

    /// <summary>The word of an action.</summary>
    public static string Of(TicketAction action) => action switch
    {
        TicketAction.Unseal => "unseal",
        TicketAction.Stop => "stop",
        TicketAction.Upgrade => "upgrade",
        TicketAction.Policy => "policy",
        _ => throw new ArgumentOutOfRangeException(nameof(action)),
    };

    /// <summary>A time as tickets write it: <c>2026-12-01T09:00:00Z</c>.</summary>
    public static string Of(DateTimeOffset time) => time.UtcDateTime.ToString(TimeForm, CultureInfo.InvariantCulture);

    /// <summary>Reads a time as tickets write it, and in no other form.</summary>
    public static bool TryTime(ReadOnlySpan<char> text, out DateTimeOffset time) => DateTimeOffset.TryParseExact(
        text, TimeForm, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);

    /// <summary>The action of a word; null if there is none.</summary>
    public static TicketAction? Find(string word)
    {
        foreach (var action in Actions)
        {
            if (string.Equals(Of(action), word, StringComparison.Ordinal))
            {
                return action;
            }
        }

        return null;
    }
}
