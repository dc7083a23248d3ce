namespace Gatehouse.Kernel.Questions;

/// <summary>Ends the agent when it no longer says that it works, so that a host does not wait for an agent that is stopped.</summary>
public interface IDeadMansSwitch : IDisposable
{
    /// <summary>The agent is killed this long from now unless this is called again, or <see cref="Disarm"/>.</summary>
    void Arm(TimeSpan limit);

    /// <summary>The agent may take its time.</summary>
    void Disarm();
}
