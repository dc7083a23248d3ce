using System.Globalization;
using Gatehouse.Kernel.Shielding;

namespace Gatehouse.Agent.Sealing;

/// <summary>Words for what was refused; docs/reference/control-api.md lists them.</summary>
internal static class TamperText
{
    public static string Word(TamperDeed deed) => deed switch
    {
        TamperDeed.Write => "write",
        TamperDeed.Name => "name",
        TamperDeed.Attributes => "attributes",
        TamperDeed.Mount => "mount",
        TamperDeed.Device => "device",
        TamperDeed.BpfObject => "bpf-object",
        TamperDeed.BpfProgram => "bpf-program",
        TamperDeed.Setting => "setting",
        TamperDeed.Code => "code",
        TamperDeed.Agent => "agent",
        TamperDeed.Standing => "standing",
        TamperDeed.Update => "update",
        _ => "unknown",
    };

    /// <summary>Why a process is no member; numbers as in <c>enum gh_stranger</c>, else an inode.</summary>
    private static string Stranger(ulong detail) => detail switch
    {
        1 => "somebody traces it",
        2 => "it has a system call filter (seccomp)",
        3 => "it is in other namespaces or another root directory than the host",
        4 => "its environment brings code into programs, or is longer than 4 KiB",
        _ => string.Create(CultureInfo.InvariantCulture, $"it has code of the file with inode {detail}, which `libraries` does not name"),
    };

    /// <summary>For people. A process chooses its name, so it is quoted and cannot forge the line.</summary>
    public static string Of(TamperAttempt attempt)
    {
        var name = string.Concat(attempt.Command.Select(static c => char.IsControl(c) || c is '"' ? '?' : c));
        var whose = attempt.Groups.Count == 0 ? "" : ", protected by " + string.Join(" and ", attempt.Groups);
        return attempt.Deed == TamperDeed.Standing
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"process {attempt.Pid} (\"{name}\", user {attempt.Uid}) may not change what is protected by {string.Join(" and ", attempt.Groups)}: {Stranger(attempt.Detail)}")
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{Word(attempt.Deed)} by process {attempt.Pid} (\"{name}\", user {attempt.Uid}) was refused{whose}; detail {attempt.Detail}");
    }
}
