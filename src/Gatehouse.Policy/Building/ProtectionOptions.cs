using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>What a protection protects, and from whom not. <see cref="Processes"/> or <see cref="Files"/> is needed; each call adds to earlier ones.</summary>
public sealed class ProtectionOptions
{
    internal ProtectionOptions(string name) => Name = name;

    internal string Name { get; }

    internal ImmutableArray<string> ProcessPaths { get; private set; } = [];

    internal ImmutableArray<OpenRight>? Kept { get; private set; }

    internal ImmutableArray<string> FilePaths { get; private set; } = [];

    internal ImmutableArray<string> LibraryPaths { get; private set; } = [];

    internal ImmutableArray<string> UpdaterPaths { get; private set; } = [];

    internal RuleSeverity? RuleSeverity { get; private set; }

    internal ImmutableArray<string> Tags { get; private set; } = [];

    internal string Text { get; private set; } = "";

    /// <summary>Programs whose processes are protected. They may change <see cref="Files"/>, and reach each other.</summary>
    /// <param name="paths">Absolute paths of the programs; the files count.</param>
    public ProtectionOptions Processes(params IEnumerable<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ProcessPaths = [.. ProcessPaths, .. paths];
        return this;
    }

    /// <summary>Rights to the processes that everybody keeps; <see cref="OpenRight.Query"/> if this is not called, none if it is called with none.</summary>
    public ProtectionOptions Keep(params IEnumerable<OpenRight> rights)
    {
        ArgumentNullException.ThrowIfNull(rights);
        Kept = [.. Kept ?? [], .. rights];
        return this;
    }

    /// <summary>Files, and folders with all that is in them and will be. They are kept while the host is sealed; minimum kernel: Linux 6.1.</summary>
    /// <param name="paths">Absolute paths. A folder that the host itself must be able to change is refused when the policy is applied.</param>
    public ProtectionOptions Files(params IEnumerable<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        FilePaths = [.. FilePaths, .. paths];
        return this;
    }

    /// <summary>Files, and folders of files, of which processes and updaters may have code beside <see cref="Files"/>; their content is kept.</summary>
    public ProtectionOptions Libraries(params IEnumerable<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        LibraryPaths = [.. LibraryPaths, .. paths];
        return this;
    }

    /// <summary>Other programs whose processes may change <see cref="Files"/> and reach <see cref="Processes"/>.</summary>
    public ProtectionOptions Updaters(params IEnumerable<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        UpdaterPaths = [.. UpdaterPaths, .. paths];
        return this;
    }

    /// <summary>How bad an attempt is, for whoever reads the events; high if not given.</summary>
    public ProtectionOptions Severity(RuleSeverity severity)
    {
        RuleSeverity = severity;
        return this;
    }

    /// <summary>ATT&amp;CK technique ids.</summary>
    public ProtectionOptions Tag(params IEnumerable<string> techniques)
    {
        ArgumentNullException.ThrowIfNull(techniques);
        Tags = [.. Tags, .. techniques];
        return this;
    }

    /// <summary>Free text for people.</summary>
    public ProtectionOptions Description(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Text = text;
        return this;
    }
}
