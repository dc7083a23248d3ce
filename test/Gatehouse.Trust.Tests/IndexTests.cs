using Gatehouse.Trust.Tests.Fakes;
using Shouldly;
using Xunit;

namespace Gatehouse.Trust.Tests;

public sealed class IndexTests
{
    [Fact]
    public void The_strongest_source_of_a_digest_counts_signer_over_package_over_baseline()
    {
        Strongest(Entries.Baseline("/a"), Entries.Package("/b")).ShouldBe(TrustSource.Package);
        Strongest(Entries.Package("/a"), Entries.Baseline("/b")).ShouldBe(TrustSource.Package);
        Strongest(Entries.Signer("/a"), Entries.Package("/b"), Entries.Baseline("/c")).ShouldBe(TrustSource.Signer);
        Strongest(Entries.Baseline("/a")).ShouldBe(TrustSource.Baseline);
    }

    [Fact]
    public void Digests_of_contents_and_of_fs_verity_are_kept_apart()
    {
        var index = TrustIndex.Of(TrustDatabase.Create(1,
        [
            Entries.Package("/a", "content"),
            Entries.Baseline("/m.ko.gz", "module", DigestKind.Unpacked),
            Entries.Baseline("/v", "verity", DigestKind.FsVerity),
        ]));

        index.Content.Keys.ShouldBe([Entries.Digest("content"), Entries.Digest("module")], ignoreOrder: true);
        index.FsVerity.Keys.ShouldBe([Entries.Digest("verity")]);
    }

    private static TrustSource Strongest(params TrustEntry[] entries) =>
        TrustIndex.Of(TrustDatabase.Create(1, entries)).Content[Entries.Digest("x")];
}
