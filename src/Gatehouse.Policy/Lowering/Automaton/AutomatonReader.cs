namespace Gatehouse.Policy;

/// <summary>Walks the packed table, as the kernel side does.</summary>
internal static class AutomatonReader
{
    /// <summary>Accept of the state in which a text ends; 0 without a machine.</summary>
    public static uint Read(ReadOnlySpan<AutomatonState> entries, int start, ReadOnlySpan<byte> text, bool backward)
    {
        var state = start;
        for (var i = 0; i < text.Length && state != 0; i++)
        {
            state = Next(entries, state, text[backward ? text.Length - 1 - i : i]);
        }

        return state == 0 ? 0 : entries[state].Accept;
    }

    private static int Next(ReadOnlySpan<AutomatonState> entries, int state, byte b)
    {
        var from = entries[state];
        var to = (int)from.Base + b;
        return to < entries.Length && entries[to].Check == from.Base ? to : (int)from.Otherwise;
    }
}
