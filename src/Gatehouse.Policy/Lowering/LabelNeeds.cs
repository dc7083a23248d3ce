namespace Gatehouse.Policy;

/// <summary>Which facts of processes any rule tests, as the kernel side numbers them; labels are only compared in these.</summary>
[Flags]
public enum LabelNeeds
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>The real user.</summary>
    Uid = 1,

    /// <summary>Capabilities.</summary>
    Capabilities = 2,

    /// <summary>kernelThread or container.</summary>
    Flags = 4,

    /// <summary>Ancestors.</summary>
    Ancestors = 8,

    /// <summary>Names or files.</summary>
    Names = 16,

    /// <summary>The executable's hash; then each exec computes it.</summary>
    Hash = 32,

    /// <summary>The effective user.</summary>
    EffectiveUid = 64,

    /// <summary>The real group.</summary>
    Gid = 128,

    /// <summary>The effective group.</summary>
    EffectiveGid = 256,

    /// <summary>The user of the login.</summary>
    LoginUid = 512,
}
