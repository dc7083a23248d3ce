namespace Gatehouse.Sdk.Questions;

/// <summary>The question whether a file may be loaded. It is about one content of it, whatever it will be loaded as, and by whom.</summary>
public sealed record Question : QuestionStreamLine
{
    /// <summary>Number of the question, from 1, in this run of the agent.</summary>
    public required ulong Id { get; init; }

    /// <summary>What an answer has to show.</summary>
    public required string Token { get; init; }

    /// <summary>When it was asked.</summary>
    public required DateTimeOffset AskedAt { get; init; }

    /// <summary>Time to answer, in milliseconds since <see cref="AskedAt"/>.</summary>
    public required int AnswerWithinMilliseconds { get; init; }

    /// <summary>Whether the open that led to the question is an execution. It may be loaded otherwise later: the answer holds for that too.</summary>
    public required bool Execution { get; init; }

    /// <summary>The file.</summary>
    public required QuestionFile File { get; init; }

    /// <summary>
    /// The process whose open led to the question; absent if it has ended meanwhile. The answer holds for every process.
    /// </summary>
    public QuestionProcess? Process { get; init; }
}

/// <summary>The file of a question.</summary>
public sealed record QuestionFile
{
    /// <summary>Where it is for the agent; " (deleted)" behind it if it has no name any more. A path is no identity.</summary>
    public required string Path { get; init; }

    /// <summary>Size in bytes.</summary>
    public required ulong Size { get; init; }

    /// <summary>User id of the owner.</summary>
    public required uint OwnerUid { get; init; }

    /// <summary>Group id.</summary>
    public required uint OwnerGid { get; init; }

    /// <summary>File type and permission bits, as in st_mode.</summary>
    public required uint Mode { get; init; }

    /// <summary>Number of names.</summary>
    public required uint LinkCount { get; init; }

    /// <summary>Magic number of the file system, as in statfs.</summary>
    public required uint FileSystemMagic { get; init; }

    /// <summary>Major number of the device.</summary>
    public required uint DeviceMajor { get; init; }

    /// <summary>Minor number of the device.</summary>
    public required uint DeviceMinor { get; init; }

    /// <summary>Number of the inode.</summary>
    public required ulong Inode { get; init; }

    /// <summary>
    /// Lower-case hex SHA-256; absent if the client did not want it, or if reading the file took longer than the deadline.
    /// </summary>
    public string? Sha256 { get; init; }
}

/// <summary>The process of a question.</summary>
public sealed record QuestionProcess
{
    /// <summary>Process id.</summary>
    public required int Pid { get; init; }

    /// <summary>When it started, in clock ticks since boot (field 22 of /proc/PID/stat): with the pid, its identity.</summary>
    public required ulong StartTicks { get; init; }

    /// <summary>Its parent.</summary>
    public required int ParentPid { get; init; }

    /// <summary>Real user id.</summary>
    public required uint Uid { get; init; }

    /// <summary>Path of its program; absent for kernel threads.</summary>
    public string? Executable { get; init; }
}
