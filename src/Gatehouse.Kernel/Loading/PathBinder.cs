using Gatehouse.Abi;
using Gatehouse.Interop.Handles;
using Gatehouse.Interop.Linux;

namespace Gatehouse.Kernel.Loading;

/// <summary>
/// Finds which inodes stand behind a path, as the kernel's hooks see them. User space cannot know: stat's device is not
/// the super block's on overlayfs and btrfs, and an overlay file has two inodes. So the agent opens the file and its own
/// file_open hook notes what was opened, on this thread only.
/// </summary>
internal sealed class PathBinder(BpfMap binding, BpfMap seen)
{
    private bool _warm;

    public PathBinding Bind(string path)
    {
        // The first call on this code path makes the runtime open assemblies on this thread, which would be noted too.
        if (!_warm)
        {
            _ = Open("/proc/self/exe");
            _warm = true;
        }
        var probe = FileProbe.Look(path);
        if (probe.ErrorNumber != 0)
            return new PathBinding(path, probe.ResolvedPath, [], $"{probe.Call}: {Errno.Describe(probe.ErrorNumber)}");
        if (!probe.IsRegular)
            return new PathBinding(path, probe.ResolvedPath, [], "not a regular file");
        var (error, keys) = Open(path);
        var problem = error != 0 ? $"open: {Errno.Describe(error)}" : keys.Count == 0 ? "the file_open hook did not see the open" : null;
        return new PathBinding(
            path, probe.ResolvedPath, [.. keys.Select(static k => new InodeIdentity(k.Device, k.Inode, k.Generation))], problem);
    }

    /// <summary>The identities of a file that is already open, by its path in /proc.</summary>
    public IReadOnlyList<InodeKey> Identify(string procPath) => Open(procPath).Keys;

    /// <summary>The same by opening for writing, for what cannot be read; nothing is written.</summary>
    public IReadOnlyList<InodeKey> IdentifyForWriting(string path) => Open(path, FileProbe.TouchForWriting).Keys;

    private (int Error, IReadOnlyList<InodeKey> Keys) Open(string path, Func<string, int>? touch = null)
    {
        _ = seen.TakeKeys<InodeKey>();
        binding.Update(0u, (ulong)FileProbe.CurrentThreadId);
        int error;
        try
        {
            error = (touch ?? FileProbe.Touch)(path);
        }
        finally
        {
            binding.Update(0u, 0ul);
        }
        return (error, seen.TakeKeys<InodeKey>());
    }
}
