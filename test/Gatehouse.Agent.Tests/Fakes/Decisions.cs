using Gatehouse.Kernel;

namespace Gatehouse.Agent.Tests.Fakes;

/// <summary>Decisions as the kernel side reports them.</summary>
internal static class Decisions
{
    public static GateDecision Exec(ulong sequence, string path = "/usr/bin/true", bool denied = false, ulong generation = 1) => new()
    {
        Sequence = sequence,
        ClassSequence = sequence,
        SinceBoot = TimeSpan.FromSeconds(100) + TimeSpan.FromMilliseconds(sequence),
        Operation = "process.exec",
        Hook = "bprm_check_security",
        Denied = denied,
        Reason = denied ? "rule" : "no-rule",
        Rule = denied ? 0 : null,
        AuditedRule = null,
        Generation = generation,
        Process = Process,
        Image = Image(path),
        Request = new GateRequest { SetuidGain = false },
        Truncated = [],
    };

    public static GateDecision Load(ulong sequence, ulong classSequence, string path = "/lib/x.so") => Exec(sequence, path) with
    {
        ClassSequence = classSequence,
        Operation = "image.load",
        Hook = "mmap_file",
        Image = Image(path) with { Kind = "library" },
        Request = null,
    };

    public static GateDecision Open(ulong sequence, string right = "terminate", bool denied = true) => Exec(sequence, denied: denied) with
    {
        Operation = "process.open",
        Hook = "task_kill",
        Image = null,
        Target = new GateTarget
        {
            Pid = 812,
            Tid = 812,
            StartTime = TimeSpan.FromSeconds(50),
            Uid = 0,
            EffectiveUid = 0,
            Gid = 0,
            EffectiveGid = 0,
            Command = "sshd",
            Executable = "/usr/sbin/sshd",
        },
        Request = new GateRequest { Right = right, Signal = 15, Child = false },
    };

    /// <summary>An operation that concerns the acting process alone.</summary>
    public static GateDecision Alone(ulong sequence, string operation, GateRequest request) => Exec(sequence) with
    {
        Operation = operation,
        Hook = "task_alloc",
        Image = null,
        Request = request,
    };

    private static GateProcess Process { get; } = new()
    {
        Pid = 4711,
        Tid = 4712,
        StartTime = TimeSpan.FromSeconds(90),
        Ancestors = [new GateAncestor(1, TimeSpan.FromSeconds(1), "init")],
        Uid = 1000,
        EffectiveUid = 0,
        Gid = 1000,
        EffectiveGid = 1000,
        LoginUid = null,
        SessionId = 3,
        EffectiveCapabilities = 0x1ff,
        CgroupId = 42,
        MountNamespace = 1,
        PidNamespace = 2,
        UserNamespace = 3,
        Command = "bash",
        Executable = "/usr/bin/bash",
        Arguments = ["bash", "-c", "x"],
        WorkingDirectory = "/root",
    };

    private static GateImage Image(string path) => new()
    {
        Kind = "executable",
        Path = path,
        Inode = new InodeIdentity(8, 99, 1),
        Size = 1234,
        Mode = 0x89ED,
        OwnerUid = 0,
        OwnerGid = 0,
        LinkCount = 1,
        FileSystemMagic = 0xEF53,
        Flags = [],
        Sha256 = null,
        Sha256State = "not-needed",
    };
}
