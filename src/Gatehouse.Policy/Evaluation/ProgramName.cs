namespace Gatehouse.Policy;

/// <summary>A name of a program.</summary>
/// <param name="Spelled">What patterns are compared with.</param>
/// <param name="Whole">What whole paths are compared with: the name, or the policy's path that was resolved to it.</param>
internal sealed record ProgramName(string Spelled, string Whole);
