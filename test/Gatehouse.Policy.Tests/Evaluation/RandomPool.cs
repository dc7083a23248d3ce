namespace Gatehouse.Policy.Tests.Evaluation;

/// <summary>The few values that random policies and facts are about, so that they meet.</summary>
internal static class RandomPool
{
    public static readonly string[] Hashes = [.. "abc".Select(c => new string(c, 64))];

    /// <summary>Whole paths of policies. What is bound is bound at one of these.</summary>
    public static readonly string[] Paths =
        ["/a", "/b/c", "/usr/bin/nc", "/usr/bin/ncat", "/usr/lib/x.so", "/opt/é/x", "/bin/sh", "/b/star*"];

    /// <summary>Names that files have besides.</summary>
    public static readonly string[] OtherNames =
        ["/usr/bin/sh", "/usr/lib/y.so", "/usr/lib/deep/er/x.so", "/opt/ab/x", "/opt/中/x", "/b/c/d", "/nowhere", "/a/nc", "/usr/bin/n"];

    public static readonly string[] Prefixes = ["/usr/", "/usr/bin/n", "/usr/lib/", "/opt/", "/b", "/bin/"];

    public static readonly string[] Suffixes = [".so", "/nc", "x", "é/x", "c"];

    public static readonly string[] Globs =
        ["/usr/*/nc", "/usr/**", "**/x*", "/opt/?/x", "/?/c", "/b/star\\*", "**.so", "/usr/bin/n?*", "/*"];

    public static readonly string[] Texts = ["-c", "LD_PRELOAD", "--eval=é", "/bin/sh"];

    public static readonly string[] MoreTexts = ["", "-cc", "LD_AUDIT", "--eval", "x-c", "/usr/bin/sh", new('é', 150)];

    public static readonly string[] TextPrefixes = ["-", "LD_", "--eval=", new('é', 127)];

    public static readonly string[] TextSuffixes = ["c", "sh", "é"];

    public static readonly string[] TextGlobs = ["-?", "LD_*", "*=?", "**/sh"];

    public static readonly ulong[] Numbers = [0, 1, 2, 9, 15, 64];

    /// <summary>ext4, tmpfs, and one without a word.</summary>
    public static readonly uint[] FileSystemMagics = [0xef53, 0x01021994, 0x12345678];

    public static readonly string[] FileSystems = ["ext4", "tmpfs", "nfs"];

    public static readonly string[] ProgramTypes = ["kprobe", "lsm", "netfilter"];

    /// <summary>Clients that policies belong to.</summary>
    public static readonly string[] Clients = ["zeta", "acme"];

    public static readonly string[] Capabilities = ["CAP_KILL", "CAP_SYS_ADMIN", "CAP_CHOWN"];

    public static bool IsVariable(string text) => text.Length > 0 && !text.Contains('=', StringComparison.Ordinal);

    public static T Pick<T>(this Random random, IReadOnlyList<T> items) => items[random.Next(items.Count)];

    public static bool OneIn(this Random random, int times) => random.Next(times) == 0;

    /// <summary>Up to three, all different.</summary>
    public static T[] Some<T>(this Random random, IReadOnlyList<T> items) =>
        [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => random.Pick(items)).Distinct()];
}
