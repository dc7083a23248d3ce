namespace Gatehouse.Policy;

/// <summary>
/// The program that a process runs, or ran: what <see cref="Ancestor.Any"/> can ask of an ancestor. Nothing implements
/// this or the other interfaces of rules in C#: a lambda over them is read when the policy is built and never run.
/// </summary>
public interface IProgramFields
{
    /// <summary>Path of the executable, as spelled when it was started. A path may refuse and never grant.</summary>
    string Executable { get; }

    /// <summary>The executable by identity: the file that stood at a path when the policy was loaded.</summary>
    string File { get; }

    /// <summary>SHA-256 of the executable, as it was when it was started: 64 hexadecimal digits.</summary>
    string Sha256 { get; }
}
