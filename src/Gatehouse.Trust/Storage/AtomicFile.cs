namespace Gatehouse.Trust;

/// <summary>Writes a file beside its place, flushed to the disk, and puts it there by one rename.</summary>
internal static class AtomicFile
{
    /// <summary>Readable by its owner alone.</summary>
    public const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The file beside <paramref name="path"/>.</summary>
    public static string Beside(string path) => path + ".new";

    /// <summary>Writes and flushes the file beside; what stands at <paramref name="path"/> is untouched.</summary>
    public static void Prepare(string path, ReadOnlySpan<byte> bytes)
    {
        var next = Beside(path);
        // What a crash left there may have another mode.
        File.Delete(next);
        using var stream = new FileStream(
            next, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = Mode });
        stream.Write(bytes);
        stream.Flush(flushToDisk: true);
    }

    /// <summary>The rename.</summary>
    public static void Commit(string path) => File.Move(Beside(path), path, overwrite: true);

    /// <summary>All of it.</summary>
    public static void Write(string path, ReadOnlySpan<byte> bytes, Action<string> flushDirectory)
    {
        Prepare(path, bytes);
        Commit(path);
        flushDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }
}
