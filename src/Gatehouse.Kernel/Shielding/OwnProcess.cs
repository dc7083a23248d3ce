using Gatehouse.Interop.Linux;

namespace Gatehouse.Kernel.Shielding;

/// <summary>What the agent does to its own process, so that the shield can know it and it has no more than it needs.</summary>
public static class OwnProcess
{
    /// <summary>Executes a program in this process, under the same process id. Returns only if that failed: why.</summary>
    /// <param name="program">Path of the program.</param>
    /// <param name="arguments">Its arguments, the name it is called by first.</param>
    /// <param name="environment">Its whole environment, each <c>NAME=VALUE</c>.</param>
    public static string Execute(string program, IReadOnlyList<string> arguments, IReadOnlyList<string> environment) =>
        Errno.Describe(ProcessImage.Replace(program, arguments, environment));

    /// <summary>
    /// Takes all capabilities but some from whatever this thread executes next, for ever, and keeps set-user-id programs from giving more.
    /// </summary>
    /// <param name="capabilities">Numbers of <c>linux/capability.h</c>.</param>
    /// <returns>Why it could not; null: done.</returns>
    public static string? KeepOnly(IReadOnlySet<int> capabilities)
    {
        var error = ProcessImage.KeepOnly(capabilities);
        return error == 0 ? null : Errno.Describe(error);
    }

    /// <summary>No core dump, and files of /proc/PID for root only, until the next execution. Without a result: the shield keeps root out, too.</summary>
    public static void HideMemory() => _ = ProcessImage.HideMemory();
}
