[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Gatehouse.KernelTests.Guest;

/// <summary>Classes of this collection share one agent; each test replaces its policies.</summary>
[CollectionDefinition(Name)]
public sealed class WithAgent : ICollectionFixture<GuestAgent>
{
    public const string Name = "with an agent";
}

/// <summary>The same with an agent beside which loads of files are decided by what is remembered.</summary>
[CollectionDefinition(Name)]
public sealed class WithQuietAgent : ICollectionFixture<QuietAgent>
{
    public const string Name = "with a quiet agent";
}
