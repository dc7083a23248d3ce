using System.Globalization;
using Gatehouse.Agent.Questions;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Agent.Control;

/// <summary>What the query of a client's request says.</summary>
internal sealed record ClientQuery(string Client, TimeSpan Deadline, bool WantsSha256)
{
    private const int LongestName = 64;
    private static readonly string[] s_names = ["client", "deadline", "sha256"];

    public static (ClientQuery? Query, string? Problem) Parse(IQueryCollection query)
    {
        var (client, problem) = Name(query, s_names);
        if (client is null)
        {
            return (null, problem);
        }

        var deadline = QuestionLimits.DefaultDeadline;
        if (query.TryGetValue("deadline", out var text))
        {
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
                || milliseconds < QuestionLimits.ShortestDeadline.TotalMilliseconds
                || milliseconds > QuestionLimits.LongestDeadline.TotalMilliseconds)
            {
                return (null, "deadline is a whole number of milliseconds from 50 to 60000");
            }

            deadline = TimeSpan.FromMilliseconds(milliseconds);
        }

        var sha256 = false;
        return query.TryGetValue("sha256", out var wants) && !bool.TryParse(wants, out sha256)
            ? (null, "sha256 is true or false")
            : (new ClientQuery(client, deadline, sha256), null);
    }

    /// <returns>The client's name, or what is wrong.</returns>
    public static (string? Name, string? Problem) Name(IQueryCollection query, string[] known)
    {
        var unknown = query.Keys.FirstOrDefault(k => !known.Contains(k, StringComparer.Ordinal));
        if (unknown is not null)
        {
            return (null, $"\"{unknown}\" is not one of {string.Join(", ", known)}");
        }

        var name = (string?)query["client"];
        return string.IsNullOrEmpty(name) || name.Length > LongestName || name.Any(char.IsControl)
            ? (null, $"client is a name of 1 to {LongestName} characters: metadata.client of the policies whose rules ask")
            : (name, null);
    }
}
