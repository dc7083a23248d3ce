using Gatehouse.Kernel.Questions;

namespace Gatehouse.Agent.Questions;

/// <summary>What a client says when it connects.</summary>
internal sealed record ClientOptions(string Name, TimeSpan Deadline, bool WantsSha256, ClientProcess Process);
