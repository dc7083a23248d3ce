using System.Globalization;
using Gatehouse.Sdk.Events;

namespace Gatehouse.Cli.Recorded;

/// <summary>An event in a few words.</summary>
internal static class EventExample
{
    public static string Of(DecisionRecord decision)
    {
        var process = decision.Subject.Process;
        var on = decision.Object switch
        {
            { Image: { } image } => " " + (image.Path ?? "(no path)"),
            { Target: { } target } => $" {decision.Request?.Right} {target.Executable ?? target.Command}",
            _ => decision.Request?.Change is { } change ? " " + change : "",
        };
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{decision.Operation}{on} by {process.Executable ?? process.Command} pid {process.Pid} uid {process.Uid}");
    }
}
