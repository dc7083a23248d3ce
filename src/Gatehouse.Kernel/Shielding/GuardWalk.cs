using Gatehouse.Interop;
using Gatehouse.Interop.Linux;
using Gatehouse.Kernel.Loading;
using Microsoft.Win32.SafeHandles;

namespace Gatehouse.Kernel.Shielding;

/// <summary>Finds the files and folders that must be known so that something is kept, by what the kernel's hooks call them.</summary>
/// <param name="binder">Asks the hooks.</param>
/// <param name="mark">Takes each, and how it is kept; the same one may come several times.</param>
internal sealed class GuardWalk(PathBinder binder, Action<Abi.InodeKey, Abi.Guard> mark) : IDisposable
{
    private readonly List<SafeFileHandle> _held = [];

    /// <summary>The kernel may forget the folders now, and give them other numbers on overlayfs.</summary>
    public void Dispose() => _held.ForEach(static h => h.Dispose());

    /// <summary>
    /// A file or a whole folder; with all that it contains now, each by itself, so that no second name and no descriptor of before is a
    /// way around; and the directories that lead to it, also those that mount points hide.
    /// </summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public void Add(string path, Abi.Guard also = Abi.Guard.Entry)
    {
        var real = Resolve(path);
        if (Directory.Exists(real))
            AddFolder(new DirectoryInfo(real));
        else
            Mark(real, Abi.Guard.Entry | also, real, mustBeSeen: true);
        for (var at = real; Path.GetDirectoryName(at) is { } above; at = above)
        {
            Mark(above, Abi.Guard.Above, above);
            MarkHidden(above, Path.GetFileName(at));
        }
    }

    /// <summary>The content and attributes of a file, or of each file in a folder, whatever becomes of their names.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public void AddContent(string path)
    {
        var real = Resolve(path);
        if (!Directory.Exists(real))
        {
            Mark(real, Abi.Guard.Content, path);
            return;
        }
        foreach (var file in Directory.EnumerateFiles(real, "*", s_everything))
        {
            if (FileProbe.Look(file).IsRegular)
                Mark(file, Abi.Guard.Content, file);
        }
    }

    /// <summary>What a file is called.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public IReadOnlyList<Abi.InodeKey> Identify(string path)
    {
        var keys = binder.Identify(Resolve(path));
        return keys.Count > 0 ? keys : throw new IOException($"{path}: the file_open hook did not see the open");
    }

    // What need not be seen are pins, which are no files that can be opened: the folder that they lie in guards them.
    public void Mark(string path, Abi.Guard how, string name, bool mustBeSeen = false)
    {
        if (how is Abi.Guard.Tree or Abi.Guard.Above or Abi.Guard.Root)
            _held.Add(FileProbe.Hold(path));
        var keys = binder.Identify(path);
        if (keys.Count == 0 && how.HasFlag(Abi.Guard.Entry))
            keys = binder.IdentifyForWriting(path); // some of the kernel's files cannot be read
        if (keys.Count == 0 && (mustBeSeen || how != Abi.Guard.Entry))
            throw new IOException($"{name}: the file_open hook did not see the open");
        foreach (var key in keys)
            mark(key, how);
    }

    private static readonly EnumerationOptions s_everything = new()
    {
        RecurseSubdirectories = true,
        AttributesToSkip = FileAttributes.ReparsePoint,
        IgnoreInaccessible = false,
    };

    private static string Resolve(string path)
    {
        var probe = FileProbe.Look(path);
        return probe.ErrorNumber == 0 && probe.ResolvedPath is { } real
            ? real
            : throw new IOException($"{path}: {probe.Call}: {Errno.Describe(probe.ErrorNumber)}");
    }

    private void AddFolder(DirectoryInfo folder)
    {
        Mark(folder.FullName, Abi.Guard.Tree, folder.FullName);
        foreach (var entry in folder.EnumerateFileSystemInfos())
        {
            if (entry.LinkTarget is not null)
                continue; // its folder guards it, and what it leads to is named by itself
            if (entry is DirectoryInfo below)
                AddFolder(below);
            else if (FileProbe.Look(entry.FullName).IsRegular)
                Mark(entry.FullName, Abi.Guard.Entry, entry.FullName);
        }
    }

    /// <summary>In another mount namespace somebody may unmount what hides a directory, and then remove or rename it here too.</summary>
    private void MarkHidden(string folder, string name)
    {
        try
        {
            using var copy = MountCopy.Of(folder);
            Mark(copy.PathOf(name), Abi.Guard.Above, Path.Combine(folder, name));
        }
        catch (InteropException failure)
        {
            throw new IOException($"{folder}: {failure.Message}", failure);
        }
    }
}
