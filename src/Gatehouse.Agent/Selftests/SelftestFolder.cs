using System.Security.Cryptography;
using Gatehouse.Kernel;
using Gatehouse.Sdk.Selftests;

namespace Gatehouse.Agent.Selftests;

/// <summary>The sacrificial files of a self-test, in a folder of its own below one of the agent's.</summary>
internal static class SelftestFolder
{
    /// <summary>What the names of the folders begin with.</summary>
    public const string Prefix = "selftest-";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Makes the files.</summary>
    /// <param name="places">Folders of the agent; the first one is taken from which programs can be executed.</param>
    /// <returns>The folder, and the SHA-256 of the program that is to be refused.</returns>
    /// <exception cref="IOException">They cannot be made; what there was of them is removed.</exception>
    public static (string Folder, string Sha256) Make(IReadOnlyList<string> places)
    {
        var place = places.FirstOrDefault(static p => Directory.Exists(p) && HostFiles.MayExecuteFrom(p))
            ?? throw new IOException($"no program can be executed from {string.Join(" or ", places)} (mounted noexec?)");
        var folder = Path.Combine(place, Prefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)));
        try
        {
            Directory.CreateDirectory(folder, OwnerOnly);
            foreach (var name in (string[])[SelftestFiles.Actor, SelftestFiles.Victim, SelftestFiles.Neighbour, SelftestFiles.Writer, SelftestFiles.FreeWriter])
            {
                Write(Path.Combine(folder, name), SelftestPrograms.Actor, OwnerOnly);
            }

            MakeProgram(folder, SelftestFiles.Free);
            var sha256 = MakeProgram(folder, "");
            Directory.CreateDirectory(Path.Combine(folder, SelftestFiles.Kept), OwnerOnly);
            Directory.CreateDirectory(Path.Combine(folder, SelftestFiles.Kept, "inner"), OwnerOnly);
            Write(Path.Combine(folder, SelftestFiles.Kept, "file"), "kept\n"u8, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            return (folder, sha256);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            TryRemove(folder);
            throw new IOException($"{folder}: {e.Message}", e);
        }
    }

    /// <summary>Removes a folder.</summary>
    /// <returns>Why it is still there, or null.</returns>
    public static string? TryRemove(string folder)
    {
        try
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }

            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    /// <summary>Folders that an earlier agent has left.</summary>
    public static IEnumerable<string> Leftover(IEnumerable<string> places) =>
        places.Where(Directory.Exists).Distinct(StringComparer.Ordinal).SelectMany(static p => Directory.GetDirectories(p, Prefix + "*"));

    private static string MakeProgram(string folder, string before)
    {
        var program = Path.Combine(folder, before + SelftestFiles.Program);
        var bytes = SelftestPrograms.Image(RandomNumberGenerator.GetBytes(SelftestPrograms.SaltBytes));
        Write(program, bytes, OwnerOnly);
        HostFiles.Link(program, Path.Combine(folder, before + SelftestFiles.ProgramLink));
        File.CreateSymbolicLink(Path.Combine(folder, before + SelftestFiles.ProgramSymbolicLink), program);
        return Convert.ToHexStringLower(SHA256.HashData(bytes));
    }

    private static void Write(string path, ReadOnlySpan<byte> bytes, UnixFileMode mode)
    {
        using var file = new FileStream(
            path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = mode });
        file.Write(bytes);
    }
}
