using System.Globalization;
using Gatehouse.Kernel.Questions;
using Gatehouse.Sdk.Questions;

namespace Gatehouse.Agent.Questions;

/// <summary>What /proc says about the process of a question.</summary>
internal static class ProcessFile
{
    /// <returns>Null if the process has ended, so that the number may be another's.</returns>
    public static QuestionProcess? TryRead(HeldOpen open)
    {
        var folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{open.ProcessId}");
        try
        {
            // The name stands in parentheses and may hold some itself: state, parent and the rest come after the last one.
            var stat = File.ReadAllText(folder + "/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            var user = File.ReadLines(folder + "/status").First(static l => l.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[1];
            var process = new QuestionProcess
            {
                Pid = open.ProcessId,
                StartTicks = ulong.Parse(fields[19], CultureInfo.InvariantCulture),
                ParentPid = int.Parse(fields[1], CultureInfo.InvariantCulture),
                Uid = uint.Parse(user, CultureInfo.InvariantCulture),
                Executable = File.ResolveLinkTarget(folder + "/exe", returnFinalTarget: false)?.FullName,
            };
            return open.ProcessHasEnded ? null : process;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or InvalidOperationException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }
}
