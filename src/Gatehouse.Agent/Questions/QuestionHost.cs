using Gatehouse.Kernel.Questions;

namespace Gatehouse.Agent.Questions;

/// <summary>What asking takes from the host; tests give something else.</summary>
internal sealed record QuestionHost
{
    /// <summary>The names of the clients that policies in force ask, highest altitude first, each once.</summary>
    public required Func<IReadOnlyList<string>> AskedClients { get; init; }

    public required Func<IAnswerTable> Answers { get; init; }

    public Func<IOpenSource> OpenSource { get; init; } = KernelOpenSource.Open;

    public Func<IDeadMansSwitch> DeadMansSwitch { get; init; } = KernelDeadMansSwitch.Create;

    /// <summary>The lines of /proc/self/mountinfo.</summary>
    public Func<IReadOnlyList<string>> MountLines { get; init; } = static () => File.ReadAllLines("/proc/self/mountinfo");
}
