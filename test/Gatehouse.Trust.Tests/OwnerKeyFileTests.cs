using System.Security.Cryptography;
using Gatehouse.Agent.Tests.Fakes;
using Shouldly;
using Xunit;

namespace Gatehouse.Trust.Tests;

public sealed class OwnerKeyFileTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    private string Private => _directory.File("owner.pem");

    [Fact]
    public void Both_halves_are_written_and_only_one_is_for_everybody()
    {
        var fingerprint = OwnerKeyFiles.Create(Private);

        File.GetUnixFileMode(Private).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        (File.GetUnixFileMode(Private + ".pub") & UnixFileMode.UserRead).ShouldBe(UnixFileMode.UserRead);
        File.ReadAllText(Private).ShouldStartWith("-----BEGIN PRIVATE KEY-----\n");
        File.ReadAllText(Private + ".pub").ShouldStartWith("-----BEGIN PUBLIC KEY-----\n");
        OwnerKey.Identify(Private).ShouldBe((fingerprint, true));
        OwnerKey.Identify(Private + ".pub").ShouldBe((fingerprint, false));
        using var key = OwnerKey.ReadPrivate(Private);
        using var owner = OwnerKey.Read(Private + ".pub");
        owner!.Verifies([1, 2, 3], OwnerKey.Sign(key, [1, 2, 3])).ShouldBeTrue();
        fingerprint.ShouldBe(new TrustDigest(SHA256.HashData(key.ExportSubjectPublicKeyInfo())));
    }

    [Fact]
    public void Every_key_is_another_one() =>
        OwnerKeyFiles.Create(Private).ShouldNotBe(OwnerKeyFiles.Create(_directory.File("other")));

    [Theory]
    [InlineData("owner.pem")]
    [InlineData("owner.pem.pub")]
    public void Nothing_is_overwritten_and_nothing_half_made_is_left(string there)
    {
        _directory.Write(there, "mine");

        Should.Throw<IOException>(() => OwnerKeyFiles.Create(Private));

        File.ReadAllText(_directory.File(there)).ShouldBe("mine");
        Directory.GetFiles(_directory.Path).ShouldHaveSingleItem();
    }

    [Fact]
    public void A_symbolic_link_is_not_followed()
    {
        File.CreateSymbolicLink(Private, _directory.File("elsewhere"));

        Should.Throw<IOException>(() => OwnerKeyFiles.Create(Private));

        File.Exists(_directory.File("elsewhere")).ShouldBeFalse();
    }

    [Fact]
    public void What_is_no_key_is_named()
    {
        Should.Throw<TrustRefusedException>(() => OwnerKey.Identify(Private)).Message.ShouldContain("no such file");
        Should.Throw<TrustRefusedException>(() => OwnerKey.Identify(_directory.Write("junk", "junk"))).Message.ShouldContain("no PEM");
    }

    public void Dispose() => _directory.Dispose();
}
