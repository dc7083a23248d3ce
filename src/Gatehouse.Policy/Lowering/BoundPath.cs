using System.Runtime.InteropServices;

namespace Gatehouse.Policy;

/// <summary>A path of the policy whose file is looked up when the policy is loaded.</summary>
/// <param name="Path">The path as the policy writes it.</param>
/// <param name="NameClass">
/// Forward class of a name that says everything about this path (its backward and glob classes are 1); 0 if no rule tests it
/// as a name.
/// </param>
/// <param name="FileClass">Class of the file that stands there; 0 if no rule tests it as a file.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct BoundPath(string Path, int NameClass, int FileClass);
