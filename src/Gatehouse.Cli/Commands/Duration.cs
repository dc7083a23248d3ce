using System.CommandLine;
using System.Globalization;

namespace Gatehouse.Cli.Commands;

/// <summary>A span of time on a command line: a whole number with s, m or h behind it.</summary>
internal static class Duration
{
    public static Option<TimeSpan> Option(string name, string description, TimeSpan missing, TimeSpan shortest, TimeSpan longest) => new(name)
    {
        Description = description,
        HelpName = "DURATION",
        DefaultValueFactory = _ => missing,
        CustomParser = result =>
        {
            if (result.Tokens.Count == 1 && Parse(result.Tokens[0].Value) is { } duration && duration >= shortest && duration <= longest)
            {
                return duration;
            }

            result.AddError($"{name} is a whole number with s, m or h behind it, from {Text(shortest)} to {Text(longest)}");
            return missing;
        },
    };

    public static string Text(TimeSpan duration) => duration switch
    {
        { TotalHours: >= 1 } when duration.TotalHours == Math.Truncate(duration.TotalHours) => Write(duration.TotalHours, 'h'),
        { TotalMinutes: >= 1 } when duration.TotalMinutes == Math.Truncate(duration.TotalMinutes) => Write(duration.TotalMinutes, 'm'),
        _ => Write(duration.TotalSeconds, 's'),
    };

    private static string Write(double number, char unit) => string.Create(CultureInfo.InvariantCulture, $"{number:0}{unit}");

    private static TimeSpan? Parse(string text)
    {
        var seconds = text.Length < 2 ? 0 : text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, _ => 0 };

        // More digits than any bound has; so that nothing overflows.
        return seconds > 0 && text.Length <= 7 && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? TimeSpan.FromSeconds((long)number * seconds)
            : null;
    }
}
