namespace Gatehouse.KernelTests.Guest;

/// <summary>A kind of image that is loaded from files, and what the matrix does with it.</summary>
/// <param name="Program">The attack program that knows all ways.</param>
/// <param name="Ways">The few ways that are tried by each alias.</param>
/// <param name="HashMisses">Ways that a rule by hash does not see; each is in limitations.md.</param>
/// <param name="FileMisses">Ways that load the content without the file.</param>
internal sealed record ImageKind(string Program, string[] Ways, string[] HashMisses, string[] FileMisses)
{
    public static ImageKind Of(string kind) => kind switch
    {
        "executable" => new("image_executable", ["execve", "execveat-opath", "interpreter"], [], ["memfd"]),
        "library" => new(
            "image_library",
            ["mmap", "mprotect", "mmap-shared"],
            // Somebody can write to it: what it holds now says nothing of what will run. The last two are class memory's.
            [
                "memfd-shared", "memfd-mprotect", "mmap-shared-open", "mprotect-open", "remap-file-pages", "mprotect-written", "anonymous",
                "private-dirty",
            ],
            ["memfd", "memfd-shared", "memfd-mprotect", "anonymous", "private-dirty"]),
        "module" => new("image_module", ["finit-module", "proc-fd"], [], ["memfd", "init-module", "init-module-copied"]),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "executable, library or module"),
    };

    /// <summary>A file of the kind in a folder, which is made if it is not there.</summary>
    public static string Add(string kind, string folder)
    {
        Directory.CreateDirectory(folder);
        switch (kind)
        {
            case "executable":
                return Copy(InGuest.Attack("payload-tiny"), Path.Combine(folder, "program"));
            case "library":
                return Copy(InGuest.Attack("libpayload.so"), Path.Combine(folder, "libpayload.so"));
            default:
                return GuestModule.Uncompressed("dummy", folder);
        }
    }

    /// <summary>A file of the kind with other content: one byte more, which no loader minds. A module is then one without a signature.</summary>
    public static string AddNeighbour(string kind, string folder)
    {
        var neighbour = Add(kind, Path.Combine(folder, "neighbour"));
        File.AppendAllText(neighbour, "x");
        return neighbour;
    }

    private static string Copy(string from, string to)
    {
        File.Copy(from, to);
        File.SetUnixFileMode(to, (UnixFileMode)0b111_101_101);
        return to;
    }
}
