using System.Diagnostics;
using System.Globalization;
using Gatehouse.Abi;
using Gatehouse.Interop.Handles;
using Gatehouse.Interop.Linux;
using Gatehouse.Kernel.Loading;

namespace Gatehouse.Kernel.Canaries;

/// <summary>
/// Two equal programs in memory: one that the kernel side always refuses, and a control. Links that list as attached may
/// be dead (ftrace off, bpf not in the LSM list), so only a refusal that also moved the kernel side's own counter counts.
/// </summary>
internal sealed class Canary : IDisposable
{
    /// <summary>The kernel side refuses a BPF program of this name, whoever loads it (bpf/hooks/kernel_image.c).</summary>
    private const string ProgramName = "gh_canary";

    private readonly MemoryImage _refused = MemoryImage.Create("gatehouse-canary", CanaryProgram.Bytes);
    private readonly MemoryImage _control = MemoryImage.Create("gatehouse-control", CanaryProgram.Bytes);
    private readonly BpfMap _counts;

    public Canary(BpfMap counts) => _counts = counts;

    /// <summary>Identity of the refused program, for the kernel side's configuration; inode 0 if no hook saw it.</summary>
    public InodeKey Identify(PathBinder binder) => binder.Identify(_refused.ProcPath) is [var key, ..] ? key : default;

    public CanaryReport Prove() => new(
        [
            Try("bprm_check_security", static image => image.Execute().ErrorNumber),
            Try("mmap_file", static image => image.MapExecutable()),
            // Where rules of class memory concern files, it is they that find the canary first, and refuse as mprotect documents it.
            Try("file_mprotect", static image => image.ProtectExecutable(), Errno.AccessDenied),
            .. ModulesCanBeLoaded ? [Try("kernel_read_file", _refused.LoadAsModule)] : Array.Empty<CanaryResult>(),
            Try("bpf", static () => BpfTrial.Load(ProgramName)),
            Try("task_setrlimit", LimitTrial.Set),
            Try("mmap_file of memory", MemoryTrial.Map),
            Try("file_mprotect of memory", MemoryTrial.Protect, Errno.AccessDenied),
        ],
        Stopwatch.GetElapsedTime(0));

    /// <summary>Refused before any hook is asked, once that is switched on.</summary>
    private static bool ModulesCanBeLoaded =>
        !File.Exists("/proc/sys/kernel/modules_disabled") || File.ReadAllText("/proc/sys/kernel/modules_disabled").Trim() is "0";

    public void Dispose()
    {
        _refused.Dispose();
        _control.Dispose();
    }

    private CanaryResult Try(string hook, Func<MemoryImage, int> operation, int expectedToo = Errno.NotPermitted)
    {
        var before = _counts.SumPerCpu((uint)Counter.CanaryDenials);
        var refused = operation(_refused);
        var counted = _counts.SumPerCpu((uint)Counter.CanaryDenials) - before;
        var control = operation(_control);
        var detail = string.Create(
            CultureInfo.InvariantCulture,
            $"canary: {Word(refused)}, counted by the hook: {counted}, control: {Word(control)}");
        // The control is for the reader: a policy may refuse it too (an allow-list), and the counter is proof enough.
        return new CanaryResult(hook, (refused == Errno.NotPermitted || refused == expectedToo) && counted > 0, detail);
    }

    /// <summary>
    /// Without a control, which would be a line in the kernel's log at each round (it is no module), or an event (a policy refuses it, too).
    /// </summary>
    private CanaryResult Try(string hook, Func<int> operation, int expected = Errno.NotPermitted)
    {
        var before = _counts.SumPerCpu((uint)Counter.CanaryDenials);
        var refused = operation();
        var counted = _counts.SumPerCpu((uint)Counter.CanaryDenials) - before;
        return new CanaryResult(
            hook,
            refused == expected && counted > 0,
            string.Create(CultureInfo.InvariantCulture, $"canary: {Word(refused)}, counted by the hook: {counted}"));
    }

    private static string Word(int error) => error == 0 ? "ran" : Errno.Describe(error);
}
