namespace Gatehouse.Policy;

/// <summary>What a field is a fact of.</summary>
public enum FieldRole
{
    /// <summary>The acting process; inside <c>ancestor(…)</c> an ancestor of it.</summary>
    Process,

    /// <summary>The process that is acted on.</summary>
    Target,

    /// <summary>The file that is loaded.</summary>
    Image,

    /// <summary>The operation itself.</summary>
    Operation,
}
