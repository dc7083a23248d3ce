using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.Trust.Tests.Fakes;
using Shouldly;
using Xunit;

namespace Gatehouse.Trust.Tests;

public sealed class FormatTests
{
    private static readonly TrustEntry[] s_entries =
    [
        Entries.Package("/usr/bin/ls"),
        Entries.Package("/usr/bin/ls", package: "q:amd64", version: "2:1.0~a+b=c-1"),
        Entries.Package("/a b/ line\nend\ttab\\back\\u0041\r\u001b[31m\u202e\u2028ü漢😀 "),
        Entries.Baseline("/opt/x"),
        Entries.Baseline("/opt/m.ko.xz", kind: DigestKind.Unpacked),
        Entries.Baseline("/opt/v", kind: DigestKind.FsVerity),
        Entries.Signer("/opt/s"),
    ];

    [Fact]
    public void What_is_written_is_read_again()
    {
        var database = TrustDatabase.Create(42, s_entries);

        var read = TrustReader.Read(TrustWriter.Write(database), "t");

        read.Counter.ShouldBe(42ul);
        read.Entries.ShouldBe(database.Entries);
    }

    [Fact]
    public void The_same_database_is_the_same_text_in_any_order_and_without_repetitions()
    {
        var text = Encoding.UTF8.GetString(TrustWriter.Write(TrustDatabase.Create(1, s_entries)));

        Encoding.UTF8.GetString(TrustWriter.Write(TrustDatabase.Create(1, [.. s_entries.Reverse(), .. s_entries]))).ShouldBe(text);
        text.Split('\n').Length.ShouldBe(s_entries.Length + 5, "a line each, whatever the names");
        text.ShouldContain($"content package {Entries.Digest("x")} 7 p=1 /usr/bin/ls\n");
        text.Where(static c => c < ' ' && c != '\n').ShouldBeEmpty();
    }

    [Fact]
    public void A_database_without_entries_is_read() =>
        TrustReader.Read(TrustWriter.Write(TrustDatabase.Create(3, [])), "t").Counter.ShouldBe(3ul);

    [Fact]
    public void Any_single_changed_byte_is_refused()
    {
        var bytes = TrustWriter.Write(TrustDatabase.Create(42, s_entries));
        for (var i = 0; i < bytes.Length; i++)
        {
            foreach (var damage in (byte[])[(byte)(bytes[i] ^ 1), (byte)' ', (byte)'\n', 0xff])
            {
                if (bytes[i] != damage)
                {
                    byte[] damaged = [.. bytes];
                    damaged[i] = damage;
                    Should.Throw<TrustFormatException>(() => TrustReader.Read(damaged, "t"), $"byte {i} {damage}");
                }
            }
        }
    }

    [Fact]
    public void Any_truncation_and_anything_behind_the_end_is_refused()
    {
        var bytes = TrustWriter.Write(TrustDatabase.Create(42, s_entries));
        for (var length = 0; length < bytes.Length; length++)
        {
            Should.Throw<TrustFormatException>(() => TrustReader.Read(bytes[..length], "t"), $"length {length}");
        }

        Should.Throw<TrustFormatException>(() => TrustReader.Read([.. bytes, (byte)'\n'], "t"));
        Should.Throw<TrustFormatException>(() => TrustReader.Read([.. bytes, .. bytes], "t"));
    }

    [Fact]
    public void A_line_that_is_missing_or_doubled_is_refused_also_with_a_fitting_checksum()
    {
        var lines = Encoding.UTF8.GetString(TrustWriter.Write(TrustDatabase.Create(42, s_entries))).Split('\n')[..^2];
        for (var i = 0; i < lines.Length; i++)
        {
            var missing = lines.Where((_, n) => n != i);
            var doubled = lines.SelectMany((l, n) => n == i ? [l, l] : new[] { l });
            Should.Throw<TrustFormatException>(() => Read(missing), $"line {i} is missing");
            Should.Throw<TrustFormatException>(() => Read(doubled), $"line {i} is doubled");
        }

        Read(lines).Entries.Length.ShouldBe(s_entries.Length);
    }

    [Theory]
    [InlineData(1, 17, "gatehouse-trust 2", "version 2 is not known; this program reads version 1")]
    [InlineData(1, 1, "hello", "a trust database begins with")]
    [InlineData(2, 9, "counter 01", "a number was expected")]
    [InlineData(2, 9, "counter -1", "a number was expected")]
    [InlineData(3, 9, "entries 999999999999", "fewer lines")]
    [InlineData(4, 1, "contents package D 1 p=1 /a", "content, unpacked or fs-verity")]
    [InlineData(4, 9, "content nobody D 1 p=1 /a", "package, baseline or signer")]
    [InlineData(4, 17, "content package 00 1 p=1 /a", "64 lower-case hexadecimal digits")]
    [InlineData(4, 82, "content package D 0x1 p=1 /a", "a size or \"-\"")]
    [InlineData(4, 84, "content package D 1 p /a", "no origin of the source package")]
    [InlineData(4, 85, "content baseline D 1 p=1 /a", "no origin of the source baseline")]
    [InlineData(4, 83, "content signer D 1 key=12 /a", "no origin of the source signer")]
    [InlineData(4, 88, "content package D 1 p=1 a", "not how an absolute path is written")]
    [InlineData(4, 90, "content package D 1 p=1 /a\\x41", "not how an absolute path is written")]
    [InlineData(4, 90, "content package D 1 p=1 /a\\u0041", "not how an absolute path is written")]
    [InlineData(4, 87, "content package D 1 p=1", "breaks off")]
    public void A_refusal_names_line_and_column(int line, int column, string text, string problem)
    {
        string[] lines = ["gatehouse-trust 1", "counter 1", "entries 1", $"content package {Entries.Digest("x")} 1 p=1 /a"];
        lines[line - 1] = text.Replace(" D ", $" {Entries.Digest("x")} ", StringComparison.Ordinal);

        var refusal = Should.Throw<TrustFormatException>(() => Read(lines));

        refusal.Message.ShouldContain(problem);
        (refusal.Line, refusal.Column).ShouldBe((line, column));
        refusal.Message.ShouldStartWith(string.Create(CultureInfo.InvariantCulture, $"t:{line}:{column}: "));
    }

    [Fact]
    public void Bytes_that_are_no_text_are_refused_with_their_place()
    {
        byte[] bytes = [.. "gatehouse-trust 1\ncou"u8, 0xc3, 0x28, .. "\n"u8];

        var refusal = Should.Throw<TrustFormatException>(() => TrustReader.Read(bytes, "t"));

        (refusal.Line, refusal.Column).ShouldBe((2, 4));
    }

    private static TrustDatabase Read(IEnumerable<string> lines)
    {
        var body = Encoding.UTF8.GetBytes(string.Concat(lines.Select(static l => l + "\n")));
        return TrustReader.Read([.. body, .. Encoding.UTF8.GetBytes($"end {Convert.ToHexStringLower(SHA256.HashData(body))}\n")], "t");
    }
}
