using System.Runtime.InteropServices;

namespace Gatehouse.Policy;

/// <summary>One entry of a <see cref="PathAutomaton"/>.</summary>
/// <param name="Check">Base of the state that leads here; all ones if nothing does so by a byte of its own.</param>
/// <param name="Base">Where the entries of this state's transitions begin; 0 if it has none.</param>
/// <param name="Otherwise">Entry that all other bytes lead to.</param>
/// <param name="Accept">Class of a text that ends here.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct AutomatonState(uint Check, uint Base, uint Otherwise, uint Accept);
