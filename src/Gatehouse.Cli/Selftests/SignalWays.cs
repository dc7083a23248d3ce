using static Gatehouse.Cli.Selftests.Linux;

namespace Gatehouse.Cli.Selftests;

/// <summary>Signals, by every call that sends one.</summary>
internal static class SignalWays
{
    private const string Disable = "T1562.001";
    private const string Stop = "T1489";

    private static readonly TimeSpan s_untilSignal = TimeSpan.FromSeconds(1);

    public static IEnumerable<Way> All { get; } =
    [
        Of("kill-kill", Stop, "terminate", "kill with SIGKILL", static t => t.Call(SystemCall.Kill, t.Target.Pid, SignalKill)),
        Of("kill-term", Stop, "terminate", "kill with SIGTERM", static t => t.Call(SystemCall.Kill, t.Target.Pid, SignalTerminate)),
        Of("kill-usr2", Stop, "terminate", "kill with a signal that ends who does not handle it", static t => t.Call(SystemCall.Kill, t.Target.Pid, SignalUser2)),
        Of("kill-real-time", Stop, "terminate", "kill with a real-time signal", static t => t.Call(SystemCall.Kill, t.Target.Pid, SignalRealTime)),
        Of("kill-group", Stop, "terminate", "kill to the target's process group", static t => t.Call(SystemCall.Kill, -OwnGroup(t), SignalKill)),
        Of("tkill-kill", Stop, "terminate", "tkill with SIGKILL", static t => t.Call(SystemCall.Tkill, t.Target.Pid, SignalKill)),
        Of("tgkill-kill", Stop, "terminate", "tgkill with SIGKILL", static t => t.Call(SystemCall.Tgkill, t.Target.Pid, t.Target.Pid, SignalKill)),
        Of("sigqueue-kill", Stop, "terminate", "rt_sigqueueinfo with SIGKILL",
            static t => t.Call(SystemCall.RtSigqueueinfo, t.Target.Pid, SignalKill, Information(t, SignalKill))),
        Of("tgsigqueue-kill", Stop, "terminate", "rt_tgsigqueueinfo with SIGKILL",
            static t => t.Call(SystemCall.RtTgsigqueueinfo, t.Target.Pid, t.Target.Pid, SignalKill, Information(t, SignalKill))),
        Of("pidfd-kill", Stop, "terminate", "pidfd_send_signal with SIGKILL", static t => t.Call(SystemCall.PidfdSendSignal, Pidfd(t), SignalKill)),
        Of("file-signal-kill", Stop, "terminate", "signal-driven input and output of a pipe (F_SETSIG)", FileSignal),
        Of("kill-stop", Disable, "suspend", "kill with SIGSTOP", static t => t.Call(SystemCall.Kill, t.Target.Pid, SignalStop)),
        Of("kill-tstp", Disable, "suspend", "kill with SIGTSTP", static t => t.Call(SystemCall.Kill, t.Target.Pid, SignalTerminalStop)),
        Of("tgkill-stop", Disable, "suspend", "tgkill with SIGSTOP", static t => t.Call(SystemCall.Tgkill, t.Target.Pid, t.Target.Pid, SignalStop)),
        Of("pidfd-stop", Disable, "suspend", "pidfd_send_signal with SIGSTOP", static t => t.Call(SystemCall.PidfdSendSignal, Pidfd(t), SignalStop)),
        Of("kill-cont", Disable, "resume", "kill with SIGCONT", static t => t.Call(SystemCall.Kill, t.Target.Pid, SignalContinue)),
        Of("pidfd-cont", Disable, "resume", "pidfd_send_signal with SIGCONT", static t => t.Call(SystemCall.PidfdSendSignal, Pidfd(t), SignalContinue)),
        Of("kill-winch", Disable, "signal", "kill with a signal that is ignored", static t => t.Call(SystemCall.Kill, t.Target.Pid, SignalWindow)),
        Of("kill-0", "T1057", "query", "kill with no signal", static t => t.Call(SystemCall.Kill, t.Target.Pid, Signal0)),
        Of("pidfd-0", "T1057", "query", "pidfd_send_signal with no signal", static t => t.Call(SystemCall.PidfdSendSignal, Pidfd(t), Signal0)),
    ];

    /// <summary>A descriptor of the target, by which its number cannot be mistaken.</summary>
    public static long Pidfd(Trial trial) => Trial.Need(trial.Call(SystemCall.PidfdOpen, trial.Target.Pid, 0), "pidfd_open");

    private static Way Of(string name, string technique, string right, string summary, Func<Trial, long> attempt) =>
        new(name, WayClass.Process, technique, summary, attempt) { Right = right };

    /// <summary>The target makes itself a group, so that nobody else is in it.</summary>
    private static long OwnGroup(Trial trial)
    {
        Trial.Need(trial.Target.Call(SystemCall.Setpgid, 0, 0), "setpgid");
        return trial.Target.Call(SystemCall.Getpgid, 0) == trial.Target.Pid
            ? trial.Target.Pid
            : throw new NotTestableException("the target has no process group of its own");
    }

    /// <summary>siginfo_t of 128 bytes: the number, no error, and a code that processes may give (SI_QUEUE).</summary>
    private static long Information(Trial trial, int signal)
    {
        var information = new byte[128];
        information[0] = (byte)signal;
        BitConverter.TryWriteBytes(information.AsSpan(8), -1);
        return trial.Actor.Bytes(information);
    }

    /// <summary>Nobody is told that it was refused: whether the target ends is the answer.</summary>
    private static long FileSignal(Trial trial)
    {
        const int setFlags = 4;
        const int setOwner = 8;
        const int setSignal = 10;
        const int asynchronous = 0x2000;
        var ends = trial.Actor.Room(8);
        Trial.Need(trial.Call(SystemCall.Pipe2, ends, CloseOnExec), "pipe2");
        var both = trial.Actor.Peek(ends, 8);
        var (read, write) = (BitConverter.ToInt32(both, 0), BitConverter.ToInt32(both, 4));
        var owned = trial.Call(SystemCall.Fcntl, read, setOwner, trial.Target.Pid);
        if (owned < 0)
        {
            return owned;
        }

        Trial.Need(trial.Call(SystemCall.Fcntl, read, setSignal, SignalKill), "fcntl(F_SETSIG)");
        Trial.Need(trial.Call(SystemCall.Fcntl, read, setFlags, asynchronous), "fcntl(F_SETFL)");
        Trial.Need(trial.Call(SystemCall.Write, write, trial.Text("x"), 1), "write");
        return trial.Target.WaitForEnd(s_untilSignal) is null ? -ErrorName.NotPermitted : 0;
    }
}
