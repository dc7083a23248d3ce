namespace Gatehouse.Interop.Handles;

/// <summary>Reads or writes a variable of the kernel object where it is.</summary>
/// <typeparam name="T">What the variable is.</typeparam>
/// <param name="value">The variable itself; not to be kept.</param>
public delegate void VariableAccess<T>(ref T value)
    where T : unmanaged;
