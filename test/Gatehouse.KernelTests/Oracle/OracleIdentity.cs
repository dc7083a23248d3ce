using System.Globalization;

namespace Gatehouse.KernelTests.Oracle;

/// <summary>Who a process of the oracle is: what attacks/oracle_identity.h makes of it.</summary>
/// <param name="LoginUid">Null stays unset.</param>
/// <param name="Uid">Real user.</param>
/// <param name="EffectiveUid">Effective user.</param>
/// <param name="Gid">Real group.</param>
/// <param name="EffectiveGid">Effective group.</param>
/// <param name="Without">Capabilities that it does not have.</param>
/// <param name="Container">Whether it has a mount namespace of its own.</param>
internal sealed record OracleIdentity(
    uint? LoginUid, uint Uid, uint EffectiveUid, uint Gid, uint EffectiveGid, ulong Without, bool Container)
{
    /// <summary>CAP_NET_RAW, CAP_SYS_TIME and CAP_MKNOD: no operation of the oracle needs them.</summary>
    public const ulong Spare = (1ul << 13) | (1ul << 25) | (1ul << 27);

    /// <summary>
    /// Of processes that execute programs. Real and effective users are the same or the effective one is root: in any other case
    /// the kernels differ in the capabilities that an exec leaves.
    /// </summary>
    public static IReadOnlyList<OracleIdentity> OfSeats { get; } =
    [
        new(null, 0, 0, 0, 0, 0, false),
        new(null, 0, 0, 0, 0, 0, true),
        new(1000, 1000, 1000, 1000, 1000, 0, false),
        new(1001, 1001, 1001, 100, 100, Spare, false),
        new(null, 1000, 0, 100, 0, 0, false),
        new(1000, 1002, 1002, 1002, 1002, 1ul << 13, true),
    ];

    public static IReadOnlyList<OracleIdentity> OfVictims { get; } =
    [
        new(null, 0, 0, 0, 0, 0, false),
        new(1000, 1000, 1000, 1000, 1000, ulong.MaxValue, false),
        new(null, 1000, 1001, 1000, 1001, Spare, false),
        new(1001, 0, 1001, 0, 100, 0, true),
        new(null, 1002, 1002, 1002, 1002, ulong.MaxValue, true),
    ];

    public string[] Arguments =>
    [
        LoginUid?.ToString(CultureInfo.InvariantCulture) ?? "-", $"{Uid}", $"{EffectiveUid}", $"{Gid}", $"{EffectiveGid}",
        Without.ToString("x", CultureInfo.InvariantCulture), Container ? "1" : "0",
    ];

    public override string ToString() => string.Join('/', Arguments);
}
