using System.Security.Cryptography;
using Gatehouse.Agent.Tests.Fakes;
using Gatehouse.Trust.Tests.Fakes;
using Shouldly;
using Xunit;

namespace Gatehouse.Trust.Tests;

/// <summary>Signatures that openssl made, so that both programs agree and not only our two halves.</summary>
public sealed class SignatureTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("ec", "ec.pub")]
    [InlineData("pkcs1", "rsa.pub")]
    [InlineData("pssmax", "rsa.pub")]
    [InlineData("pss32", "rsa.pub")]
    [InlineData("pss0", "rsa.pub")]
    public void A_signature_of_openssl_is_verified_and_recorded_with_its_key(string signature, string key)
    {
        using var detached = Read(signature, key);

        var entry = Record("signed by openssl\n", detached).ShouldHaveSingleItem();

        (entry.Source, entry.Origin.SignerKey).ShouldBe((TrustSource.Signer, detached.Fingerprint.ToString()));
        Should.Throw<TrustRefusedException>(() => Record("signed by somebody\n", detached)).Message.ShouldContain("nothing was recorded");
    }

    [Theory]
    [InlineData("ec", "rsa.pub")]
    [InlineData("pkcs1", "ec.pub")]
    [InlineData("pss512", "rsa.pub")]
    public void A_signature_of_another_key_or_hash_is_refused(string signature, string key)
    {
        using var detached = Read(signature, key);

        Should.Throw<TrustRefusedException>(() => Record("signed by openssl\n", detached));
    }

    [Theory]
    [InlineData("ec", "ec.pub")]
    [InlineData("pkcs1", "rsa.pub")]
    [InlineData("pssmax", "rsa.pub")]
    public void No_changed_bit_of_a_signature_passes(string signature, string key)
    {
        var bytes = Vector(signature);
        for (var i = 0; i < bytes.Length; i++)
        {
            byte[] changed = [.. bytes];
            changed[i] ^= 0x10;
            using var detached = Read(changed, key);
            Should.Throw<TrustRefusedException>(() => detached.Verify(Entries.Digest("signed by openssl\n"), "f"), $"byte {i}");
        }

        foreach (var other in (byte[][])[[], bytes[..^1], [.. bytes, 0], new byte[bytes.Length]])
        {
            using var detached = Read(other, key);
            Should.Throw<TrustRefusedException>(() => detached.Verify(Entries.Digest("signed by openssl\n"), "f"));
        }
    }

    [Fact]
    public void Keys_that_are_too_weak_or_none_are_refused()
    {
        using var weak = RSA.Create(1024);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        foreach (var (pem, problem) in ((string, string)[])
        [
            (weak.ExportSubjectPublicKeyInfoPem(), "1024 bits"),
            (other.ExportSubjectPublicKeyInfoPem(), "another curve"),
            ("junk", "no PEM"),
        ])
        {
            var key = _directory.Write("key.pem", pem);
            Should.Throw<TrustRefusedException>(() => DetachedSignature.Read(_directory.Write("s", "x"), key)).Message.ShouldContain(problem);
        }
    }

    [Fact]
    public void A_list_of_fs_verity_digests_is_recorded_and_one_that_is_wrong_names_the_line()
    {
        var digest = Entries.Digest("v").ToString();
        var good = FileRecorder.RecordList(_directory.Write("list", $"sha256:{digest} /opt/a b\nsha256:{digest} /opt/c\n"), null);
        good.Select(static e => (e.Path, e.Kind, e.Source, e.Size)).ShouldBe(
        [
            ("/opt/a b", DigestKind.FsVerity, TrustSource.Baseline, (long?)null), ("/opt/c", DigestKind.FsVerity, TrustSource.Baseline, null),
        ]);

        var wrong = Should.Throw<TrustFormatException>(() => FileRecorder.RecordList(_directory.Write("list", $"sha256:{digest} /a\nsha512:00 /b\n"), null));
        (wrong.Line, wrong.Column).ShouldBe((2, 1));
        Should.Throw<TrustFormatException>(() => FileRecorder.RecordList(_directory.Write("list", "sha256:00 /a\n"), null)).Column.ShouldBe(8);
        Should.Throw<TrustRefusedException>(() => FileRecorder.RecordList(_directory.Write("list", "\n"), null));
        using var detached = Read("ec", "ec.pub");
        Should.Throw<TrustRefusedException>(() => FileRecorder.RecordList(_directory.Write("list", $"sha256:{digest} /a\n"), detached));
    }

    // fsverity 1.5, `fsverity digest`, of files whose byte i is i*7 + i/256.
    [Theory]
    [InlineData(0, "3d248ca542a24fc62d1c43b916eae5016878e2533c88238480b26128a1f1af95")]
    [InlineData(1, "b803429503d95915829b29fdbc8bbad142f3abfd11b1cadf5526582e685c0551")]
    [InlineData(4096, "dba6800c0bddc2369f4f0ab54798f65f5a8c1f49adc4a4792a831ff4b093e2d7")]
    [InlineData(4097, "fefe00b4a113721b31dbc100ba46ff68ba3c9ca6dc62c6a3c1e71db190c68f9f")]
    [InlineData(524288, "eaae8cbd17127f6514707a04477de56880466f212f12d13c4397e929b54d8f5a")]
    [InlineData(524289, "0e3b4b2d25eb9005be08661772bd35783c1fba25ba74e6a63693f072dad036ce")]
    [InlineData(3000000, "f8b2240a8febbde1dbc315e90f5c4c614e3570d5ebd651a2aa62ebea7b8351f2")]
    public void The_digest_of_fs_verity_is_that_of_the_fsverity_tool(int length, string expected)
    {
        var bytes = new byte[length];
        for (var i = 0; i < length; i++)
        {
            bytes[i] = (byte)((i * 7) + (i / 256));
        }

        using var verity = new FsVerityDigest();
        foreach (var part in bytes.Chunk(1000))
        {
            verity.Append(part);
        }

        verity.Finish().ToString().ShouldBe(expected);
    }

    public void Dispose() => _directory.Dispose();

    private static byte[] Vector(string name) => Convert.FromBase64String(Text(name + ".sig.txt"));

    private static string Text(string name)
    {
        using var reader = new StreamReader(typeof(SignatureTests).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    private DetachedSignature Read(string signature, string key) => Read(Vector(signature), key);

    private DetachedSignature Read(byte[] signature, string key)
    {
        var path = _directory.File("signature");
        File.WriteAllBytes(path, signature);
        return DetachedSignature.Read(path, _directory.Write("key", Text(key)));
    }

    private IReadOnlyList<TrustEntry> Record(string content, DetachedSignature signature) =>
        new FileRecorder(Host.Look, new ModuleUnpacker()).Record(_directory.Write("file", content), signature, Cancel);
}
