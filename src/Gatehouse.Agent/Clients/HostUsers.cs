using System.Globalization;

namespace Gatehouse.Agent.Clients;

/// <summary>Users of this host. Only <c>/etc/passwd</c> is asked: a directory service may not answer when the agent starts.</summary>
internal static class HostUsers
{
    /// <returns>The number of a user that is named, or written as a number; null if it is not known.</returns>
    public static uint? Find(string user, string passwd = "/etc/passwd")
    {
        if (uint.TryParse(user, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            // 4294967295 is -1: "no user" to the kernel.
            return number == uint.MaxValue ? null : number;
        }

        try
        {
            // name:password:uid:…
            return File.ReadLines(passwd)
                .Select(static l => l.Split(':'))
                .Where(p => p.Length > 2 && string.Equals(p[0], user, StringComparison.Ordinal))
                .Select(static p => uint.TryParse(p[2], NumberStyles.None, CultureInfo.InvariantCulture, out var uid) ? uid : (uint?)null)
                .FirstOrDefault();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
