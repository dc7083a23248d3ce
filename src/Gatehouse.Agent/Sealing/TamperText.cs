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
        _ => "unknown",
    };

    /// <summary>For people. A process chooses its name, so it is quoted and cannot forge the line.</summary>
    public static string Of(TamperAttempt attempt)
    {
        var name = string.Concat(attempt.Command.Select(static c => char.IsControl(c) || c is '"' ? '?' : c));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Word(attempt.Deed)} by process {attempt.Pid} (\"{name}\", user {attempt.Uid}) was refused; detail {attempt.Detail}");
    }
}
