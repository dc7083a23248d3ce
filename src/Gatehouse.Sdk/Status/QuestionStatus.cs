namespace Gatehouse.Sdk.Status;

/// <summary>How the asking of clients is (rules with the action <c>ask</c>). Numbers count from the start of the agent.</summary>
public sealed record QuestionStatus
{
    /// <summary>Whether opens are watched: a policy in force has rules that ask.</summary>
    public required bool Active { get; init; }

    /// <summary>File systems that are watched.</summary>
    public required int FileSystems { get; init; }

    /// <summary>Opens that waited for the agent.</summary>
    public required ulong Opens { get; init; }

    /// <summary>Opens of files that are no images.</summary>
    public required ulong NotImages { get; init; }

    /// <summary>Opens whose content the kernel side could not tell, so that nobody could be asked.</summary>
    public required ulong Unidentified { get; init; }

    /// <summary>Opens that wait at this moment.</summary>
    public required int Waiting { get; init; }

    /// <summary>The clients that policies in force ask, or that are connected, by name.</summary>
    public required IReadOnlyList<QuestionClientStatus> Clients { get; init; }
}

/// <summary>A client that is asked.</summary>
public sealed record QuestionClientStatus
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its slot, 0 to 15; absent if no policy has named it yet.</summary>
    public int? Slot { get; init; }

    /// <summary>Whether it is connected. If not, its rules decide by <c>onMiss</c>.</summary>
    public required bool Connected { get; init; }

    /// <summary>Whether it was put out of the path for missing questions, and has not connected anew.</summary>
    public required bool OutOfPath { get; init; }

    /// <summary>Process that is connected.</summary>
    public int? Pid { get; init; }

    /// <summary>Its deadline, in milliseconds; absent if it is not connected.</summary>
    public int? DeadlineMilliseconds { get; init; }

    /// <summary>Questions that it was asked.</summary>
    public required ulong Asked { get; init; }

    /// <summary>Questions that it allowed.</summary>
    public required ulong Allowed { get; init; }

    /// <summary>Questions that it denied.</summary>
    public required ulong Denied { get; init; }

    /// <summary>Questions that it did not answer in time.</summary>
    public required ulong Missed { get; init; }

    /// <summary>Questions that it has missed in a row.</summary>
    public required int MissedInARow { get; init; }

    /// <summary>Questions that it has to answer at this moment.</summary>
    public required int Pending { get; init; }

    /// <summary>Mean time to an answer, in milliseconds; absent before the first.</summary>
    public double? MeanMilliseconds { get; init; }

    /// <summary>Longest time to an answer, in milliseconds; absent before the first.</summary>
    public double? SlowestMilliseconds { get; init; }
}
