using System.Runtime.InteropServices;

namespace Gatehouse.Policy;

/// <summary>One pattern of the automaton.</summary>
/// <param name="Shape">How it is compared.</param>
/// <param name="Text">As the policy writes it.</param>
/// <param name="IsPath">Not an argument or the name of a variable, which no resolved path stands for.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Pattern(PatternShape Shape, string Text, bool IsPath);
