namespace Gatehouse.KernelTests;

/// <summary>Tests that share one sealed agent: a start takes a minute.</summary>
[CollectionDefinition(Name)]
public sealed class SealedHost : ICollectionFixture<SealedAgent>
{
    public const string Name = "sealed host";
}
