using System.Security.Cryptography;
using Gatehouse.Agent.Tests.Fakes;
using Gatehouse.Kernel;
using Gatehouse.Trust.Tests.Fakes;
using Shouldly;
using Xunit;

namespace Gatehouse.Trust.Tests;

public sealed class DatabaseFileTests : IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly TrustDatabaseFile _file;
    private readonly List<string> _flushed = [];

    public DatabaseFileTests() => _file = new TrustDatabaseFile(new TrustFileOptions
    {
        Path = Database,
        OwnerKeyPath = _directory.File("owner.pub"),
        FlushDirectory = d =>
        {
            HostFiles.FlushDirectory(d);
            _flushed.Add(d);
        },
    });

    private string Database => _directory.File("state/trust.db");

    [Fact]
    public void What_is_not_there_trusts_nothing_and_is_no_failure()
    {
        var reading = _file.Read();

        (reading.Exists, reading.IsSigned, reading.Database.Entries.Length).ShouldBe((false, false, 0));
    }

    [Fact]
    public void A_database_is_written_for_its_owner_alone_with_a_counter_that_grows()
    {
        Write(Entries.Baseline("/a"));
        Write(Entries.Baseline("/b"));

        var reading = _file.Read();
        (reading.Database.Counter, reading.Database.Entries.Single().Path, reading.IsSigned).ShouldBe((2ul, "/b", false));
        File.GetUnixFileMode(Database).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        _flushed.Contains(Path.GetDirectoryName(Database)!, StringComparer.Ordinal).ShouldBeTrue();
        Directory.GetFiles(Path.GetDirectoryName(Database)!, "*.new").ShouldBeEmpty();
    }

    [Fact]
    public void What_cannot_be_written_leaves_what_was_there()
    {
        Write(Entries.Baseline("/a"));
        Directory.CreateDirectory(Database + ".new/full");

        Should.Throw<TrustRefusedException>(() => Write(Entries.Baseline("/b"))).Message.ShouldContain("cannot be written");

        _file.Read().Database.Entries.Single().Path.ShouldBe("/a");
    }

    [Fact]
    public void What_a_crash_left_beside_it_does_not_count_and_is_overwritten()
    {
        Write(Entries.Baseline("/a"));
        File.WriteAllText(Database + ".new", "half");

        _file.Read().Database.Entries.Single().Path.ShouldBe("/a");
        Write(Entries.Baseline("/b"));
        _file.Read().Database.Entries.Single().Path.ShouldBe("/b");
        File.GetUnixFileMode(Database).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public void A_change_that_is_given_up_changes_nothing_and_two_at_once_are_not_possible()
    {
        Write(Entries.Baseline("/a"));
        using (_file.BeginChange(TimeSpan.Zero))
        {
            Should.Throw<TrustRefusedException>(() => _file.BeginChange(TimeSpan.Zero)).Message.ShouldContain("locked");
        }

        Write(Entries.Baseline("/b"));
        _file.Read().Database.Counter.ShouldBe(2ul);
    }

    [Fact]
    public void With_the_owners_key_an_unsigned_database_is_refused()
    {
        Write(Entries.Baseline("/a"));
        SetOwner(_key);

        Should.Throw<TrustRefusedException>(() => _file.Read()).Message.ShouldContain("is not signed");
    }

    [Fact]
    public void A_signed_database_is_read_and_openssl_could_verify_it()
    {
        Write(_key, Entries.Baseline("/a"));
        SetOwner(_key);

        var reading = _file.Read();

        (reading.IsSigned, reading.OwnerKey).ShouldBe((true, OwnerKey.FingerprintOf(_key)));
        _key.VerifyData(File.ReadAllBytes(Database), File.ReadAllBytes(_file.SignaturePath), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence).ShouldBeTrue();
        File.GetUnixFileMode(_file.SignaturePath).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public void A_signature_of_another_key_or_of_another_text_is_refused()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Write(other, Entries.Baseline("/a"));
        SetOwner(_key);
        Should.Throw<TrustRefusedException>(() => _file.Read()).Message.ShouldContain("is not the owner's signature");

        Fresh(_key, Entries.Baseline("/a"));
        File.WriteAllBytes(Database, TrustWriter.Write(TrustDatabase.Create(9, [Entries.Baseline("/b")])));
        Should.Throw<TrustRefusedException>(() => _file.Read()).Message.ShouldContain("is not the owner's signature");
    }

    [Fact]
    public void With_the_owners_key_nobody_writes_without_the_private_one()
    {
        SetOwner(_key);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        Should.Throw<TrustKeyNeededException>(() => Write(Entries.Baseline("/a")));
        Should.Throw<TrustRefusedException>(() => Write(other, Entries.Baseline("/a"))).Message.ShouldContain("is not the one");

        File.Exists(Database).ShouldBeFalse();
    }

    [Theory]
    [InlineData("")]
    [InlineData("junk")]
    [InlineData("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")]
    public void An_owners_key_that_cannot_be_used_refuses_everything(string text)
    {
        Write(Entries.Baseline("/a"));
        _directory.Write("owner.pub", text);

        Should.Throw<TrustRefusedException>(() => _file.Read());
    }

    [Fact]
    public void A_key_on_another_curve_is_refused()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        SetOwner(other);

        Should.Throw<TrustRefusedException>(() => _file.Read()).Message.ShouldContain("another curve");
        Should.Throw<TrustRefusedException>(() => OwnerKey.ReadPrivate(_directory.Write("k.pem", other.ExportECPrivateKeyPem())));
    }

    [Fact]
    public void A_public_key_cannot_sign() => Should.Throw<TrustRefusedException>(
        () => OwnerKey.ReadPrivate(_directory.Write("k.pem", _key.ExportSubjectPublicKeyInfoPem()))).Message.ShouldContain("is a public key");

    [Fact]
    public void An_old_signed_database_that_is_put_back_is_refused()
    {
        SetOwner(_key);
        Write(_key, Entries.Baseline("/old"));
        var old = (File.ReadAllBytes(Database), File.ReadAllBytes(_file.SignaturePath));
        Write(_key, Entries.Baseline("/new"));

        File.WriteAllBytes(Database, old.Item1);
        File.WriteAllBytes(_file.SignaturePath, old.Item2);

        Should.Throw<TrustRefusedException>(() => _file.Read()).Message.ShouldContain("an old database was put back");
    }

    [Fact]
    public void Who_has_seen_a_newer_one_refuses_the_old_one_also_if_the_mark_on_the_disk_is_gone()
    {
        SetOwner(_key);
        Write(_key, Entries.Baseline("/old"));
        var old = (File.ReadAllBytes(Database), File.ReadAllBytes(_file.SignaturePath));
        Write(_key, Entries.Baseline("/new"));
        var seen = _file.Read().Mark;

        File.WriteAllBytes(Database, old.Item1);
        File.WriteAllBytes(_file.SignaturePath, old.Item2);
        File.Delete(_file.MarkPath);

        Should.Throw<TrustRefusedException>(() => _file.Read(seen)).Message.ShouldContain("put back");
        _file.Read().Database.Entries.Single().Path.ShouldBe("/old", "what the mark cannot give: TrustMark says so");
    }

    [Fact]
    public void Another_database_with_the_number_that_was_seen_is_refused()
    {
        SetOwner(_key);
        Write(_key, Entries.Baseline("/a"));
        var forged = TrustWriter.Write(TrustDatabase.Create(1, [Entries.Baseline("/b")]));
        File.WriteAllBytes(Database, forged);
        File.WriteAllBytes(_file.SignaturePath, OwnerKey.Sign(_key, forged));

        Should.Throw<TrustRefusedException>(() => _file.Read()).Message.ShouldContain("put back");
    }

    [Fact]
    public void A_signed_database_that_is_deleted_is_missed_and_a_fresh_one_has_a_higher_number()
    {
        SetOwner(_key);
        Write(_key, Entries.Baseline("/a"));
        File.Delete(Database);

        Should.Throw<TrustRefusedException>(() => _file.Read()).Message.ShouldContain("is gone");
        Should.Throw<TrustRefusedException>(() => Write(_key, Entries.Baseline("/a")));

        Fresh(_key, Entries.Baseline("/b"));
        _file.Read().Database.Counter.ShouldBe(2ul);
    }

    [Fact]
    public void A_damaged_mark_refuses_until_the_owner_begins_anew()
    {
        SetOwner(_key);
        Write(_key, Entries.Baseline("/a"));
        File.WriteAllText(_file.MarkPath, "junk");

        Should.Throw<TrustRefusedException>(() => _file.Read()).Message.ShouldContain("is damaged");

        Fresh(_key, Entries.Baseline("/b"));
        _file.Read().Database.Entries.Single().Path.ShouldBe("/b");
    }

    [Fact]
    public void A_crash_between_the_two_renames_leaves_a_database_that_is_read()
    {
        SetOwner(_key);
        Write(_key, Entries.Baseline("/a"));
        var before = File.ReadAllBytes(_file.SignaturePath);
        Write(_key, Entries.Baseline("/b"));
        File.Move(_file.SignaturePath, _file.SignaturePath + ".new");
        File.WriteAllBytes(_file.SignaturePath, before);

        _file.Read().Database.Entries.Single().Path.ShouldBe("/b");
    }

    [Fact]
    public void Without_the_owners_key_a_database_can_be_signed_before_the_key_is_put_in_place()
    {
        Write(_key, Entries.Baseline("/a"));
        _file.Read().IsSigned.ShouldBeFalse();

        SetOwner(_key);

        _file.Read().IsSigned.ShouldBeTrue();
    }

    public void Dispose()
    {
        _key.Dispose();
        _directory.Dispose();
    }

    private void SetOwner(ECDsa key) => _directory.Write("owner.pub", key.ExportSubjectPublicKeyInfoPem());

    private void Write(params TrustEntry[] entries) => Write(null, entries);

    private void Write(ECDsa? key, params TrustEntry[] entries)
    {
        using var change = _file.BeginChange(TimeSpan.FromSeconds(5));
        change.Commit(entries, key);
    }

    private void Fresh(ECDsa? key, params TrustEntry[] entries)
    {
        using var change = _file.BeginChange(TimeSpan.FromSeconds(5), fresh: true);
        change.Commit(entries, key);
    }
}
