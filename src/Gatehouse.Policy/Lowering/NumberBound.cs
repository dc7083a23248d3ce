using System.Runtime.InteropServices;

namespace Gatehouse.Policy;

/// <summary>Numbers from <paramref name="Bound"/> up to the next bound have this class.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct NumberBound(ulong Bound, int Class);
