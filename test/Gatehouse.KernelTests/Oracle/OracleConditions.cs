namespace Gatehouse.KernelTests.Oracle;

/// <summary>Random conditions over the fields that an operation has.</summary>
internal sealed class OracleConditions(Random random, OracleWorld world)
{
    /// <summary>Also words that no operation of the oracle has.</summary>
    public static readonly string[] Arguments = ["end", "--secret", "--token=abc", "key.pem", "-", "via"];

    public static readonly string[] Variables = ["LD_PRELOAD", "LD_AUDIT", "HOME"];

    private static readonly string[] s_flags =
        ["memfd", "overlay", "unlinked", "writers", "setuid", "setgid", "overlayUpper", "groupWritable", "worldWritable", "fromMemory"];

    private static readonly uint[] s_ids = [0, 100, 1000, 1001, 1002, 4000, 4001];

    /// <param name="roles">Words of "process", "target", "image".</param>
    /// <param name="operation">"open", "create", "credentials", "exec" or empty: whose own fields there are.</param>
    /// <param name="depth">How deep it may nest.</param>
    /// <param name="paths">Whether paths may be tested.</param>
    public string Next(string roles, string operation, int depth, bool paths) =>
        Condition(roles.Split(' '), operation, depth, paths, negated: false);

    /// <summary>What only the pool meets, by what the operation has.</summary>
    public string Guard(string roles) => (random.Next(3), roles.Split(' ')) switch
    {
        (0, [_, "target"]) => Root("target.executable"),
        (0, [_, "image"]) => Root("image.path"),
        (1, [_, "image"]) => $"image.file in [{Paths(4)}]",
        (1, [_, "target"]) => $"target.file in [{Paths(4)}]",
        (2, [_, "image"]) => $"ancestor(process.file in [{Paths(4)}])",
        _ => Root("process.executable"),
    };

    private string Root(string field) => $"({string.Join(" || ", world.Roots.Select(r => $"{field}.startsWith(\"{r}/\")"))})";

    private string Condition(string[] roles, string operation, int depth, bool paths, bool negated)
    {
        if (depth == 0)
            return Atom(roles, operation, paths && !negated, negated);
        return random.Next(5) switch
        {
            0 => Atom(roles, operation, paths && !negated, negated),
            1 => $"!({Condition(roles, operation, depth - 1, paths, !negated)})",
            2 => $"({Inner()} || {Inner()})",
            3 => $"({Inner()} && {Inner()})",
            _ => $"({Inner()} || {Inner()} && {Inner()})",
        };

        string Inner() => Condition(roles, operation, depth - 1, paths, negated);
    }

    private string Atom(string[] roles, string operation, bool paths, bool negated)
    {
        // Half of the tests are about the operation itself where it has facts of its own.
        if (operation.Length > 0 && random.Next(2) == 0)
            return Own(operation);
        if (random.Next(6) == 0)
            return $"ancestor({Program("process", paths, hash: !negated)})";
        var role = Pick(roles);
        return random.Next(2) == 0 ? Program(role, paths, hash: true) : Other(role);
    }

    /// <summary>What a program is: its name, its file, its content.</summary>
    private string Program(string role, bool paths, bool hash)
    {
        var name = string.Equals(role, "image", StringComparison.Ordinal) ? "image.path" : $"{role}.executable";
        return random.Next(paths ? 8 : 3) switch
        {
            0 => $"{role}.file == {Path()}",
            1 => $"{role}.file in [{Paths(3)}]",
            2 => hash ? $"{role}.sha256 == \"{Any().Sha256}\"" : $"{role}.file == {Path()}",
            3 => $"{name} == {Path()}",
            4 => $"{name} in [{Paths(2)}]",
            5 => $"{name}.startsWith(\"{Pick(world.Roots)}/{Pick("tools/", "tools/alpha", "bin/", "b", "opt/", "lib/", "lib/s")}\")",
            6 => $"{name}.endsWith(\"{Pick("/tools/alpha", "/bin/alpha", "delta-x", "/a/delta", "a/gamma", "scripts/run", ".so", ".so.gone")}\")",
            _ => $"{name}.matches(\"{Pick(world.Roots)}/{Pick("*/alpha", "**/delta*", "tools/?????", "*", "d?ta/*", "opt/*/delta", "**")}\")",
        };
    }

    private string Other(string role) => role switch
    {
        "image" => Image(),
        _ => random.Next(6) switch
        {
            0 => $"{role}.{Pick("uid", "effectiveUid", "gid", "effectiveGid", "loginUid")} {Pick("==", "!=", "<", "<=", ">", ">=")} {Id()}",
            1 => $"{role}.{Pick("uid", "effectiveUid", "gid", "effectiveGid", "loginUid")} in [{Id()}, {Id()}, {Id()}]",
            2 => $"\"{Pick("CAP_NET_RAW", "CAP_SYS_TIME", "CAP_MKNOD", "CAP_KILL", "CAP_SYS_ADMIN")}\" in {role}.capabilities",
            3 => $"{role}.kernelThread",
            _ => $"{role}.container",
        },
    };

    private string Image() => random.Next(12) switch
    {
        0 => $"image.fileSystem {Pick("==", "!=")} \"{Pick("tmpfs", "ext4", "overlay")}\"",
        1 => $"image.kind {Pick("==", "!=")} \"{Pick("executable", "script", "interpreter", "library", "library")}\"",
        2 => $"image.size {Pick("<", ">=")} {Any().Size}",
        3 => Pick("image.ownerUid == 0", "image.ownerUid > 1000", "image.ownerGid == 0", "image.ownerGid != 1001", "image.ownerGid in [1000, 1002]"),
        4 or 5 => random.Next(3) switch
        {
            0 => $"image.trust in [\"{Pick("baseline", "none")}\", \"{Pick("package", "signer")}\"]",
            _ => $"image.trust {Pick("==", "!=")} \"{Pick("none", "none", "package", "baseline", "signer")}\"",
        },
        6 or 7 or 8 => $"image.{Pick(s_flags)}",
        9 or 10 => $"\"{Pick("read-only", "no-suid", "no-suid", "no-dev", "no-dev", "no-exec")}\" in image.mountFlags",
        _ => $"image.verityDigest {Pick("==", "==", "!=")} \"{Pick([.. world.VerityDigests, world.Programs[0].Sha256])}\"",
    };

    private string Own(string operation) => operation switch
    {
        "open" => random.Next(4) switch
        {
            0 => $"open.signal {Pick("==", "!=", "<", ">")} {Pick("0", "10", "18", "19", "23")}",
            1 => "open.child",
            _ => $"open.right {Pick("==", "==", "!=")} \"{Pick([.. OpenWays.Rights])}\"",
        },
        "create" => random.Next(2) == 0
            ? $"\"{Pick("uts", "ipc", "cgroup", "time")}\" in create.namespaces"
            : $"\"{Pick("share-memory", "share-descriptors", "share-file-system", "vfork")}\" in create.flags",
        "credentials" => random.Next(4) switch
        {
            3 => $"\"{Pick("CAP_LEASE", "CAP_NET_RAW", "CAP_KILL")}\" in credentials.gained",
            0 => $"credentials.newUid {Pick("==", "<", ">=")} {Id()}",
            1 => $"credentials.newGid {Pick("==", "<", ">=")} {Id()}",
            _ => $"credentials.change {Pick("==", "!=")} \"{Pick("uid", "gid", "groups", "capabilities")}\"",
        },
        _ => random.Next(5) switch
        {
            0 => $"\"{Pick(Variables)}\" in exec.environment",
            1 => "exec.environment.exists(e, e.startsWith(\"LD_\"))",
            2 => "exec.arguments.exists(a, a.startsWith(\"--token=\"))",
            3 => "exec.arguments.exists(a, a.endsWith(\".pem\"))",
            _ => $"\"{Pick(Arguments)}\" in exec.arguments",
        },
    };

    private OracleFile Any() => random.Next(6) switch
    {
        0 => Pick(world.Scripts),
        1 => Pick(world.Libraries),
        _ => Pick(world.Programs),
    };

    private string Path() => random.Next(12) == 0 ? "\"/nowhere\"" : $"\"{Any().Path}\"";

    private string Paths(int count) => string.Join(", ", Enumerable.Range(0, count).Select(_ => Path()));

    private string Id() => $"{s_ids[random.Next(s_ids.Length)]}";

    private string Pick(params IReadOnlyList<string> choices) => choices[random.Next(choices.Count)];

    private OracleFile Pick(IReadOnlyList<OracleFile> files) => files[random.Next(files.Count)];
}
