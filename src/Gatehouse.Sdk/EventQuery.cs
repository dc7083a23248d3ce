using System.Globalization;

namespace Gatehouse.Sdk;

/// <summary>Which part of the event stream to read.</summary>
public sealed record EventQuery
{
    /// <summary>Whether to go on with new records after those that the agent keeps; otherwise the answer ends there.</summary>
    public bool Follow { get; init; }

    /// <summary>
    /// Only records after this cursor; 0 is from the oldest record that is kept. Null: without <see cref="Follow"/> from the
    /// oldest, with it only records that come from now on.
    /// </summary>
    public ulong? Since { get; init; }

    /// <summary>
    /// At most this many records: with <see cref="Since"/> or <see cref="Follow"/> the first, otherwise the last ones that
    /// are kept. Null: no limit. At least 1.
    /// </summary>
    public int? Limit { get; init; }

    internal string ToPath()
    {
        var path = "v1/events?follow=" + (Follow ? "true" : "false");
        if (Since is { } since)
        {
            path += "&since=" + since.ToString(CultureInfo.InvariantCulture);
        }

        if (Limit is { } limit)
        {
            path += "&limit=" + limit.ToString(CultureInfo.InvariantCulture);
        }

        return path;
    }
}
