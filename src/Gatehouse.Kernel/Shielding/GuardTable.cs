using Gatehouse.Interop;
using Gatehouse.Interop.Handles;
using Gatehouse.Interop.Linux;
using Gatehouse.Kernel.Loading;
using Microsoft.Win32.SafeHandles;

namespace Gatehouse.Kernel.Shielding;

/// <summary>Writes down which files, folders and devices are guarded, by what the kernel's hooks call them.</summary>
internal sealed class GuardTable(BpfMap guarded, BpfMap filesystems, BpfMap devices, PathBinder binder) : IDisposable
{
    private readonly List<SafeFileHandle> _held = [];

    /// <inheritdoc />
    public void Dispose() => _held.ForEach(static h => h.Dispose());

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        _ = guarded.TakeKeys<Abi.InodeKey>();
        _ = filesystems.TakeKeys<uint>();
        _ = devices.TakeKeys<uint>();
    }

    /// <summary>
    /// A file or a whole folder; with all that it contains now, each by itself, so that no second name and no descriptor of before is a
    /// way around; and the directories that lead to it, also those that mount points hide.
    /// </summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public void Add(string path, Abi.Guard also = Abi.Guard.Entry)
    {
        var probe = FileProbe.Look(path);
        if (probe.ErrorNumber != 0 || probe.ResolvedPath is not { } real)
            throw new IOException($"{path}: {probe.Call}: {Errno.Describe(probe.ErrorNumber)}");
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

    /// <summary>The content and attributes of one file, whatever becomes of its name.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public void AddContent(string path) => Mark(path, Abi.Guard.Content, path);

    /// <summary>The agent's program, whose processes may change what is guarded, and the root directory in which it must be started.</summary>
    /// <exception cref="IOException">One of them cannot be read.</exception>
    public void AddKeeper(string program)
    {
        Mark(program, Abi.Guard.Entry | Abi.Guard.Keeper, program);
        Mark("/", Abi.Guard.Root, "/");
    }

    /// <summary>A block device, by its number as the kernel packs it.</summary>
    public void AddDevice(uint major, uint minor) => devices.Update((major << 20) | minor, 1u);

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

    // What need not be seen are pins, which are no files that can be opened: the folder that they lie in guards them.
    private void Mark(string path, Abi.Guard how, string name, bool mustBeSeen = false)
    {
        if (how is Abi.Guard.Tree or Abi.Guard.Above or Abi.Guard.Root)
            _held.Add(FileProbe.Hold(path));
        var keys = binder.Identify(path);
        if (keys.Count == 0 && how.HasFlag(Abi.Guard.Entry))
            keys = binder.IdentifyForWriting(path); // some of the kernel's files cannot be read
        if (keys.Count == 0 && (mustBeSeen || how != Abi.Guard.Entry))
            throw new IOException($"{name}: the file_open hook did not see the open");
        foreach (var key in keys)
        {
            var bits = guarded.TryLookup(key, out uint before) ? before : 0;
            guarded.Update(key, bits | (uint)how);
            filesystems.Update((uint)key.Device, 1u);
        }
    }
}
