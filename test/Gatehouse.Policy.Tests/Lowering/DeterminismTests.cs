using System.Buffers.Binary;
using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;
using Gatehouse.Policy.Tests.Evaluation;
using Shouldly;
using Xunit;
using static Gatehouse.Policy.Tests.TestPolicy;

namespace Gatehouse.Policy.Tests.Lowering;

/// <summary>The same texts give the same bytes.</summary>
public sealed class DeterminismTests
{
    [Fact]
    public void Compiling_twice_and_in_another_order_of_files_gives_the_same_bytes() =>
        Prop.ForAll(Arb.From(RandomPolicies.Files), files =>
        {
            var parsed = files.Select(f => Parse(f).Document).ToList();
            if (parsed.Contains(null))
            {
                return;
            }

            var once = PolicyCompiler.Compile(parsed!).Image!.ToBytes();
            var again = PolicyCompiler.Compile([.. files.Reverse().Select(f => Document(f, "elsewhere.yaml"))]).Image!.ToBytes();
            again.ShouldBe(once);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void The_bytes_begin_with_magic_version_and_size()
    {
        var bytes = Compile(File("p", Rule("r", "deny", "image.path == '/a'"))).ToBytes();

        bytes.AsSpan(0, 4).SequenceEqual("GHPI"u8).ShouldBeTrue();
        BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(4)).ShouldBe(1u);
        BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(8)).ShouldBe((uint)bytes.Length);
    }

    [Fact]
    public void The_fingerprint_is_the_hash_of_the_bytes_and_callers_cannot_change_it()
    {
        var image = Compile(File("p", Rule("r", "deny", "image.path == '/a'")));
        Array.Clear(image.ToBytes());

        image.Fingerprint.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(image.ToBytes())));
    }

    [Theory]
    [InlineData("name: r, on: image.load, action: deny, when: \"image.path == '/b'\"")]
    [InlineData("name: q, on: image.load, action: deny, when: \"image.path == '/a'\"")]
    [InlineData("name: r, on: process.exec, action: deny, when: \"image.path == '/a'\"")]
    [InlineData("name: r, on: image.load, action: audit, when: \"image.path == '/a'\"")]
    [InlineData("name: r, on: image.load, action: deny, when: \"image.path == '/a'\", mode: audit")]
    [InlineData("name: r, on: image.load, action: deny, when: \"image.path == '/a'\", severity: low")]
    [InlineData("name: r, on: image.load, action: deny, when: \"image.path == '/a'\", tags: [T1059]")]
    [InlineData("name: r, on: image.load, action: deny, when: \"image.path == '/a'\", description: x")]
    [InlineData("name: r, on: image.load, action: deny, when: \"image.path == '/a'\", onMiss: allow")]
    public void Whatever_differs_in_a_rule_changes_the_bytes(string rule)
    {
        var reference = WithoutSourceHash("name: r, on: image.load, action: deny, when: \"image.path == '/a'\"");

        WithoutSourceHash(rule).ShouldNotBe(reference, StringComparer.Ordinal);
    }

    /// <summary>The image also contains the hash of the text, which would differ for a comment already.</summary>
    private static string WithoutSourceHash(string rule)
    {
        var text = File("p", rule);
        var image = Compile(text);
        var hash = System.Text.Encoding.ASCII.GetBytes(image.Policies[0].SourceSha256);
        var bytes = image.ToBytes();
        var at = bytes.AsSpan().IndexOf(hash);
        at.ShouldBeGreaterThan(0);
        bytes.AsSpan(at, hash.Length).Clear();
        return Convert.ToHexString(bytes);
    }
}
