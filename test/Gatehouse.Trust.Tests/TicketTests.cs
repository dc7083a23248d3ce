using System.Security.Cryptography;
using System.Text;
using Gatehouse.Agent.Tests.Fakes;
using Shouldly;
using Xunit;

namespace Gatehouse.Trust.Tests;

/// <summary>A ticket has one text, and nothing else is one.</summary>
public sealed class TicketTests : IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly Owner _owner = new();
    private readonly Owner _stranger = new();
    private readonly OwnerKey _key;

    public TicketTests() => _key = OwnerKey.Read(_directory.Write("owner.pub", _owner.PublicPem))!;

    public static TheoryData<int> EverySubset => [.. Enumerable.Range(1, 15)];

    [Theory]
    [MemberData(nameof(EverySubset))]
    public void What_is_signed_is_read_again(int subset)
    {
        TicketAction[] actions = [.. TicketWords.Actions.Where((_, i) => (subset & (1 << i)) != 0)];
        foreach (var ticket in (Ticket[])
        [
            _owner.Ticket(actions),
            _owner.Ticket(actions) with { Host = null, Reason = "" },
            _owner.Ticket(actions) with { Reason = string.Concat(Enumerable.Repeat("漢😀ü\"\\ -----BEGIN", 11)) },
            _owner.Ticket(actions) with { NotAfter = Owner.Noon + Ticket.LongestValidity },
            _owner.Ticket(actions) with { NotAfter = Owner.Noon + Ticket.ShortestValidity },
        ])
        {
            var read = TicketReader.Read(_owner.Sign(ticket), _key);

            read.Actions.ShouldBe(actions);
            (read with { Actions = ticket.Actions }).ShouldBe(ticket);
        }
    }

    [Fact]
    public void The_body_is_text_that_anybody_can_read()
    {
        var ticket = _owner.Ticket(TicketAction.Unseal, TicketAction.Policy);

        Encoding.UTF8.GetString(Body(_owner.Sign(ticket))).ShouldBe(
            $"gatehouse-ticket 1\nid {ticket.Id}\nkey {_owner.Fingerprint}\nhost {Owner.Host}\nallow unseal,policy\n"
            + "not-before 2026-11-21T12:00:00Z\nnot-after 2026-11-21T13:00:00Z\nreason replace the disk\n");
        _owner.Sign(ticket).Split('\n').ShouldAllBe(static l => l.Length <= 64);
    }

    [Fact]
    public void Each_ticket_has_an_id_of_its_own() =>
        Enumerable.Range(0, 1000).Select(static _ => TicketId.New()).Distinct().Count().ShouldBe(1000);

    [Fact]
    public void Any_flipped_bit_of_the_text_is_refused()
    {
        var text = _owner.Signed(TicketAction.Unseal, TicketAction.Stop);
        for (var i = 0; i < text.Length; i++)
        {
            for (var bit = 0; bit < 16; bit++)
            {
                var changed = text.ToCharArray();
                changed[i] ^= (char)(1 << bit);
                Should.Throw<TicketRefusedException>(() => TicketReader.Read(new string(changed), _key), $"character {i}, bit {bit}");
            }
        }
    }

    [Fact]
    public void Any_flipped_bit_of_body_or_signature_is_refused_however_well_it_is_wrapped()
    {
        var bytes = Bytes(_owner.Signed(TicketAction.Unseal, TicketAction.Stop));
        for (var i = 0; i < bytes.Length * 8; i++)
        {
            byte[] changed = [.. bytes];
            changed[i / 8] ^= (byte)(1 << (i % 8));
            var reason = Should.Throw<TicketRefusedException>(() => TicketReader.Read(Wrap(changed), _key), $"bit {i}").Reason;
            reason.ShouldBeOneOf(TicketRefusal.Malformed, TicketRefusal.Version, TicketRefusal.OtherKey, TicketRefusal.WrongSignature);
        }
    }

    [Fact]
    public void Any_truncation_and_anything_around_it_is_refused()
    {
        var text = _owner.Signed();
        for (var length = 0; length < text.Length; length++)
        {
            Refusal(text[..length]).ShouldBe(TicketRefusal.Malformed, $"length {length}");
        }

        foreach (var other in (string[])["\n" + text, " " + text, "\ufeff" + text, text + "\n", text + " ", text + text, text.ReplaceLineEndings("\r\n"), text.TrimEnd()])
        {
            Refusal(other).ShouldBe(TicketRefusal.Malformed, other);
        }

        var bytes = Bytes(text);
        for (var length = 0; length < bytes.Length; length++)
        {
            Should.Throw<TicketRefusedException>(() => TicketReader.Read(Wrap(bytes[..length]), _key), $"{length} bytes");
        }
    }

    [Fact]
    public void Base64_that_is_written_otherwise_is_refused()
    {
        var text = _owner.Sign(_owner.Ticket() with { Reason = "ab" });
        foreach (var reason in (string[])["a", "ab", "abc"])
        {
            text = _owner.Sign(_owner.Ticket() with { Reason = reason });
            var lines = text.Split('\n')[1..^2];
            var inner = string.Concat(lines);
            string[] others =
            [
                inner,
                string.Join('\n', inner.Chunk(63).Select(static c => new string(c))),
                string.Join("\n\n", lines),
                string.Join(" \n", lines),
                "====\n" + string.Join('\n', lines),
                string.Join('\n', lines) + "\nAAAA",
                string.Join('\n', lines).TrimEnd('='),
            ];
            foreach (var other in others.Where(o => o != string.Join('\n', lines)))
            {
                Refusal($"{TicketReader.FirstLine}\n{other}\n{TicketReader.LastLine}\n").ShouldBe(TicketRefusal.Malformed, other);
            }
        }
    }

    /// <summary>Even the owner cannot sign what is written otherwise: two programs cannot read two things in it.</summary>
    [Theory]
    [InlineData("id ", "id 00")]
    [InlineData("id ", "ID ")]
    [InlineData("host 4c4c", "host 4C4C")]
    [InlineData("host 4c4c45440042351080354fc04f463032", "host 00000000000000000000000000000000")]
    [InlineData("host 4c4c45440042351080354fc04f463032", "host Any")]
    [InlineData("host 4c4c45440042351080354fc04f463032", "host ")]
    [InlineData("allow unseal,stop", "allow stop,unseal")]
    [InlineData("allow unseal,stop", "allow unseal,unseal")]
    [InlineData("allow unseal,stop", "allow unseal,stop,")]
    [InlineData("allow unseal,stop", "allow unseal, stop")]
    [InlineData("allow unseal,stop", "allow unseal,reboot")]
    [InlineData("allow unseal,stop", "allow Unseal")]
    [InlineData("allow unseal,stop", "allow 0")]
    [InlineData("allow unseal,stop", "allow ")]
    [InlineData("not-before 2026-11-21T12:00:00Z", "not-before 2026-11-21T12:00:00+00:00")]
    [InlineData("not-before 2026-11-21T12:00:00Z", "not-before 2026-11-21T12:00:00.0Z")]
    [InlineData("not-before 2026-11-21T12:00:00Z", "not-before 2026-11-21 12:00:00Z")]
    [InlineData("not-before 2026-11-21T12:00:00Z", "not-before 2026-11-21T13:00:00Z")]
    [InlineData("not-before 2026-11-21T12:00:00Z", "not-before 2026-11-14T12:59:59Z")]
    [InlineData("not-after 2026-11-21T13:00:00Z", "not-after 2026-11-21T11:00:00Z")]
    [InlineData("not-after 2026-11-21T13:00:00Z\n", "not-after 2026-11-21T13:00:00Z\nnot-after 2026-11-21T13:00:00Z\n")]
    [InlineData("not-after 2026-11-21T13:00:00Z\n", "")]
    [InlineData("reason replace", "reason  replace")]
    [InlineData("the disk\n", "the disk \n")]
    [InlineData("the disk\n", "the disk")]
    [InlineData("the disk\n", "the disk\n\n")]
    [InlineData("the disk\n", "the disk\nallow policy\n")]
    [InlineData("the disk", "the\u001b[2Jdisk")]
    [InlineData("the disk", "the\u202edisk")]
    [InlineData("the disk", "the\u2028disk")]
    [InlineData("the disk", "the\rdisk")]
    [InlineData("the disk", "the\0disk")]
    [InlineData("gatehouse-ticket 1", "gatehouse-ticket 1 ")]
    [InlineData("gatehouse-ticket 1", "\ufeffgatehouse-ticket 1")]
    [InlineData("gatehouse-ticket 1", "gatehouse-trust 1")]
    [InlineData("\n", "\r\n")]
    public void What_is_rightly_signed_and_not_rightly_written_is_refused(string right, string wrong)
    {
        var body = Encoding.UTF8.GetString(Body(_owner.Signed(TicketAction.Unseal, TicketAction.Stop)));
        Refusal(SignBody(body)).ShouldBeNull("the body as it should be");
        body.ShouldContain(right);

        var changed = SignBody(body.Replace(right, wrong, StringComparison.Ordinal));

        Refusal(changed).ShouldBeOneOf(TicketRefusal.Malformed, TicketRefusal.Version);
        Should.Throw<TicketRefusedException>(() => TicketReader.ReadUnverified(changed));
    }

    [Theory]
    [InlineData("2")]
    [InlineData("01")]
    [InlineData("")]
    public void Another_version_is_refused_with_its_number(string version)
    {
        var body = Encoding.UTF8.GetString(Body(_owner.Signed())).Replace("-ticket 1\n", $"-ticket {version}\n", StringComparison.Ordinal);

        var refused = Should.Throw<TicketRefusedException>(() => TicketReader.Read(SignBody(body), _key));

        (refused.Reason, refused.Message.Contains($"version {version};", StringComparison.Ordinal)).ShouldBe((TicketRefusal.Version, true));
    }

    [Fact]
    public void Too_long_a_text_is_refused_before_it_is_looked_at() =>
        Should.Throw<TicketRefusedException>(() => TicketReader.Read(new string('A', 1 << 20), _key)).Message.ShouldContain("longer than 4096");

    [Fact]
    public void The_longest_ticket_is_within_the_limit()
    {
        var longest = _owner.Sign(_owner.Ticket([.. TicketWords.Actions]) with { Reason = new string('漢', Ticket.LongestReason) });

        longest.Length.ShouldBeLessThan(4096);
        TicketReader.Read(longest, _key).Reason.Length.ShouldBe(Ticket.LongestReason);
    }

    [Fact]
    public void Only_the_owners_key_makes_a_ticket()
    {
        Refusal(_stranger.Signed()).ShouldBe(TicketRefusal.OtherKey);

        // He claims to be the owner.
        var body = Body(_owner.Signed());
        Refusal(SignBody(body, _stranger.Key)).ShouldBe(TicketRefusal.WrongSignature);

        // A signature of another ticket.
        Refusal(Wrap([.. body, .. Signature(_owner.Signed())])).ShouldBe(TicketRefusal.WrongSignature);
        Refusal(Wrap([.. body, .. new byte[64]])).ShouldBe(TicketRefusal.WrongSignature);
    }

    [Fact]
    public void The_second_signature_that_anybody_can_make_out_of_one_is_refused()
    {
        for (var i = 0; i < 8; i++)
        {
            var bytes = Bytes(_owner.Signed());
            var order = new System.Numerics.BigInteger(
                Convert.FromHexString("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551"), isUnsigned: true, isBigEndian: true);
            var s = new System.Numerics.BigInteger(bytes.AsSpan(^32..), isUnsigned: true, isBigEndian: true);
            var other = (order - s).ToByteArray(isUnsigned: true, isBigEndian: true);
            byte[] twin = [.. bytes[..^32], .. new byte[32 - other.Length], .. other];

            _owner.Key.VerifyData(
                TicketText.SignedBytes(twin.AsSpan(..^64)), twin.AsSpan(^64..), HashAlgorithmName.SHA256).ShouldBeTrue("by the mathematics it is right");
            Refusal(Wrap(twin)).ShouldBe(TicketRefusal.WrongSignature);
        }
    }

    [Fact]
    public void What_cannot_be_written_is_not_signed()
    {
        Ticket[] wrong =
        [
            _owner.Ticket() with { Actions = [] },
            _owner.Ticket() with { Actions = default },
            _owner.Ticket(TicketAction.Stop, TicketAction.Unseal),
            _owner.Ticket((TicketAction)17),
            _owner.Ticket() with { Host = "nas" },
            _owner.Ticket() with { NotAfter = Owner.Noon },
            _owner.Ticket() with { NotAfter = Owner.Noon + Ticket.LongestValidity + TimeSpan.FromSeconds(1) },
            _owner.Ticket() with { NotBefore = Owner.Noon + TimeSpan.FromMilliseconds(1) },
            _owner.Ticket() with { NotBefore = Owner.Noon.ToOffset(TimeSpan.FromHours(1)) },
            _owner.Ticket() with { Reason = "a\nallow policy" },
            _owner.Ticket() with { Reason = "\ud800" },
            _owner.Ticket() with { Reason = new string('x', Ticket.LongestReason + 1) },
            _owner.Ticket() with { Key = _stranger.Fingerprint },
        ];
        foreach (var ticket in wrong)
        {
            Should.Throw<ArgumentException>(() => _owner.Sign(ticket), ticket.ToString());
        }
    }

    [Fact]
    public void Neither_can_a_ticket_be_a_trust_database_nor_the_other_way_round()
    {
        // The owner signs a database; somebody wraps it up as a ticket, its signature written as tickets have it.
        var database = TrustWriter.Write(TrustDatabase.Create(1, []));
        var fixedForm = _owner.Key.SignData(database, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        Refusal(Wrap([.. database, .. fixedForm])).ShouldBe(TicketRefusal.Malformed);

        // Even a signature over the very body of a ticket, without what stands before it, is none.
        var ticket = _owner.Signed();
        Refusal(Wrap([.. Body(ticket), .. Low(_owner.Key.SignData(Body(ticket), HashAlgorithmName.SHA256))])).ShouldBe(TicketRefusal.WrongSignature);

        // What a ticket's signature is right for begins with a zero byte, and no database does.
        var signed = TicketText.SignedBytes(Body(ticket));
        _owner.Key.VerifyData(signed, Signature(ticket), HashAlgorithmName.SHA256).ShouldBeTrue();
        signed[0].ShouldBe((byte)0);
        Should.Throw<TrustFormatException>(() => TrustReader.Read(signed, "t"));
        Should.Throw<TrustFormatException>(() => TrustReader.Read(Body(ticket), "t"));
    }

    public void Dispose()
    {
        _key.Dispose();
        _owner.Dispose();
        _stranger.Dispose();
        _directory.Dispose();
    }

    private static byte[] Bytes(string text) => Convert.FromBase64String(string.Concat(text.Split('\n')[1..^2]));

    private static byte[] Body(string text) => Bytes(text)[..^64];

    private static byte[] Signature(string text) => Bytes(text)[^64..];

    private static string Wrap(byte[] bytes) => bytes.Length < 64
        ? TicketText.Armour(bytes, [])
        : TicketText.Armour(bytes.AsSpan(..^64), bytes.AsSpan(^64..));

    private static byte[] Low(byte[] signature)
    {
        // By chance one in two is low already; the test's own twin of the signer would prove nothing.
        if (TicketSigner.IsLow(signature))
        {
            return signature;
        }

        var order = new System.Numerics.BigInteger(
            Convert.FromHexString("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551"), isUnsigned: true, isBigEndian: true);
        var low = (order - new System.Numerics.BigInteger(signature.AsSpan(32), isUnsigned: true, isBigEndian: true)).ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. signature[..32], .. new byte[32 - low.Length], .. low];
    }

    private string SignBody(string body) => SignBody(Encoding.UTF8.GetBytes(body));

    private string SignBody(byte[] body, ECDsa? key = null) =>
        Wrap([.. body, .. Low((key ?? _owner.Key).SignData(TicketText.SignedBytes(body), HashAlgorithmName.SHA256))]);

    private TicketRefusal? Refusal(string text)
    {
        try
        {
            _ = TicketReader.Read(text, _key);
            return null;
        }
        catch (TicketRefusedException e)
        {
            return e.Reason;
        }
    }
}
