namespace Gatehouse.Sdk.Events;

/// <summary>What was acted on. Empty for operations that concern the acting process alone.</summary>
public sealed record EventObject
{
    /// <summary>The image that was to be loaded; absent if the operation has none.</summary>
    public EventImage? Image { get; init; }

    /// <summary>The process that was reached for; absent if the operation has none.</summary>
    public EventTarget? Target { get; init; }
}
