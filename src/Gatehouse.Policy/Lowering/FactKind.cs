namespace Gatehouse.Policy;

/// <summary>What a row can test once; the order is that of a row's tests.</summary>
internal enum FactKind
{
    /// <summary>A name, read from its beginning: exact paths and prefixes.</summary>
    ForwardName,

    /// <summary>A name, read from its end: suffixes.</summary>
    BackwardName,

    /// <summary>A name by globs.</summary>
    GlobName,

    /// <summary>A file by identity.</summary>
    File,

    /// <summary>A hash.</summary>
    Hash,

    /// <summary>An fs-verity digest: a hash that is never unknown, carried among the masks.</summary>
    Verity,

    /// <summary>A trust: a word that may be unknown, carried among the masks.</summary>
    Trust,

    /// <summary>A number, or a word that is looked up as one.</summary>
    Number,

    /// <summary>A word that we number.</summary>
    Word,

    /// <summary>A bit of a mask.</summary>
    Bit,

    /// <summary>Whether an ancestor test was satisfied.</summary>
    Ancestor,

    /// <summary>Whether some argument satisfies a test.</summary>
    Argument,

    /// <summary>The same of the names of environment variables.</summary>
    Environment,
}
