using System.Security.Cryptography;
using System.Text;
using Gatehouse.Agent.Tests.Fakes;

namespace Gatehouse.Trust.Tests.Fakes;

/// <summary>A root file system with dpkg's database in it, in a directory that goes with the test.</summary>
internal sealed class FakeRoot : IDisposable
{
    private const UnixFileMode Plain = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Executable = Plain | UnixFileMode.UserExecute;

    private readonly TestDirectory _directory = new();
    private readonly Dictionary<string, string> _stanzas = new(StringComparer.Ordinal);

    public FakeRoot()
    {
        Directory.CreateDirectory(On("/var/lib/dpkg/info"));
        Directory.CreateDirectory(On("/usr/bin"));
        File.CreateSymbolicLink(On("/bin"), "usr/bin");
        WriteStatus();
    }

    public string Path => _directory.Path;

    public ScanOptions Options => new() { Root = Path, Parallelism = 2 };

    public DpkgDatabase Dpkg => new(Path, Host.Look);

    public TrustScanner Scanner => new(Dpkg, Host.Look, new ModuleUnpacker());

    public static byte[] Script(string text) => Encoding.UTF8.GetBytes("#!/bin/sh\n" + text + "\n");

    /// <summary>The head of an ELF file of a type, and something behind it.</summary>
    public static byte[] Elf(ushort type, string text)
    {
        byte[] head = [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte)type, (byte)(type >> 8), 62, 0];
        return [.. head, .. Encoding.UTF8.GetBytes(text)];
    }

    public static TrustDigest Sha256(byte[] bytes) => new(SHA256.HashData(bytes));

    public static string Md5(byte[] bytes) => Convert.ToHexStringLower(MD5.HashData(bytes));

    public string On(string path) => Path + path;

    public void Write(string path, byte[] content, bool executable = true)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(On(path))!);
        File.WriteAllBytes(On(path), content);
        File.SetUnixFileMode(On(path), executable ? Executable : Plain);
    }

    /// <summary>Installs a package: writes its files, their sums and its part of the database.</summary>
    public void Install(string package, string version, params (string Path, byte[] Content)[] files)
    {
        foreach (var (path, content) in files)
        {
            Write(path, content);
        }

        Register(package, version, [.. files.Select(static f => f.Path)], [.. files.Select(static f => $"{Md5(f.Content)}  {f.Path[1..]}")]);
    }

    /// <summary>Only the database's part.</summary>
    public void Register(
        string package, string version, string[] list, string[] sums, string state = "installed", string more = "", string? info = null)
    {
        WriteInfo(info ?? package, "list", string.Join('\n', list.Prepend("/.")) + "\n");
        WriteInfo(info ?? package, "md5sums", string.Concat(sums.Select(static s => s + "\n")));
        _stanzas[package] = $"Package: {package}\nStatus: install ok {state}\nArchitecture: amd64\nVersion: {version}\n{more}";
        WriteStatus();
    }

    public void Uninstall(string package)
    {
        File.Delete(On($"/var/lib/dpkg/info/{package}.list"));
        _stanzas.Remove(package);
        WriteStatus();
    }

    public void WriteInfo(string package, string kind, string text) => File.WriteAllText(On($"/var/lib/dpkg/info/{package}.{kind}"), text);

    public void Divert(string from, string to, string package) =>
        File.AppendAllText(On("/var/lib/dpkg/diversions"), $"{from}\n{to}\n{package}\n");

    public ScanResult Scan(Func<ScanOptions, ScanOptions>? change = null) =>
        Scanner.Scan(null, change?.Invoke(Options) ?? Options, null, Xunit.TestContext.Current.CancellationToken);

    public void Dispose() => _directory.Dispose();

    private void WriteStatus() => File.WriteAllText(On("/var/lib/dpkg/status"), string.Join('\n', _stanzas.Values));
}
