using Gatehouse.KernelTests.Guest;

namespace Gatehouse.KernelTests.Oracle;

/// <summary>Records in the agent's trust database what the files of the pool say of themselves.</summary>
internal static class OracleTrust
{
    public static void Record(IReadOnlyList<OracleFile> files)
    {
        var work = Directory.CreateTempSubdirectory("gatehouse-trust-").FullName;
        // First: a scan begins with what packages bring.
        Scan(work, files.Single(static f => f.Trust is "package"));
        GuestAgent.Trust([.. files.Where(static f => f is { Trust: "baseline", VerityDigest: null }).Select(static f => f.Path)]);
        File.WriteAllLines($"{work}/list", files.Where(static f => f is { Trust: "baseline", VerityDigest: not null }).Select(static f => $"sha256:{f.VerityDigest} {f.Path}"));
        GuestAgent.TrustCommand("add", "--verity-digests", $"{work}/list");
        Sign(work, files.Single(static f => f.Trust is "signer"));
        Directory.Delete(work, recursive: true);
    }

    /// <summary>A root with one package that brought a file with this content.</summary>
    private static void Scan(string work, OracleFile file)
    {
        InGuest.Prepare($"""
            set -e
            cd {work}
            mkdir -p usr/lib var/lib/dpkg/info
            cp {file.Path} usr/lib/packaged.so
            printf 'Package: oracle\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n\n' > var/lib/dpkg/status
            echo /usr/lib/packaged.so > var/lib/dpkg/info/oracle.list
            md5sum usr/lib/packaged.so > var/lib/dpkg/info/oracle.md5sums
            """);
        GuestAgent.TrustCommand("scan", "--root", work);
    }

    private static void Sign(string work, OracleFile file)
    {
        InGuest.Prepare($"""
            set -e
            cd {work}
            openssl ecparam -name prime256v1 -genkey -noout -out key.pem
            openssl ec -in key.pem -pubout -out key.pub 2>/dev/null
            openssl dgst -sha256 -sign key.pem -out signature {file.Path}
            """);
        GuestAgent.TrustCommand("add", file.Path, "--signature", $"{work}/signature", "--public-key", $"{work}/key.pub");
    }
}
