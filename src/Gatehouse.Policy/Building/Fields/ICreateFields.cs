namespace Gatehouse.Policy;

/// <summary><c>process.create</c>: a process is forked.</summary>
public interface ICreateFields : IOperationFields
{
    /// <summary>Namespaces that are made for it.</summary>
    IReadOnlySet<NamespaceKind> Namespaces { get; }

    /// <summary>What it shares with its maker, and how it is made.</summary>
    IReadOnlySet<CreationTrait> Flags { get; }
}
