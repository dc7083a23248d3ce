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

    /// <summary>For people. A process chooses its name, so it is quoted and cannot forge the line.</summary>
    public static string Of(TamperAttempt attempt)
    {
        var name = string.Concat(attempt.Command.Select(static c => char.IsControl(c) || c is '"' ? '?' : c));
        var whose = attempt.Groups.Count == 0 ? "" : ", protected by " + string.Join(" and ", attempt.Groups);
        return attempt.Deed == TamperDeed.Standing
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"process {attempt.Pid} (\"{name}\", user {attempt.Uid}) may not change what is protected by {string.Join(" and ", attempt.Groups)}: "
                + $"it has code of the file with inode {attempt.Detail}, which `libraries` does not name")
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{Word(attempt.Deed)} by process {attempt.Pid} (\"{name}\", user {attempt.Uid}) was refused{whose}; detail {attempt.Detail}");
    }
}
