using System.Globalization;
using System.Text;

namespace Gatehouse.KernelTests.Oracle;

/// <summary>Counts cases and keeps what does not agree.</summary>
internal sealed class OracleTally(int seed)
{
    private const int Shown = 5;

    private readonly StringBuilder _complaints = new();
    private readonly Dictionary<string, int> _outcomes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _topics = new(StringComparer.Ordinal);

    /// <summary>Operations whose verdict was certain, and that agreed.</summary>
    public int Cases { get; private set; }

    /// <summary>Operations whose verdict hangs on something that may be known to the kernel or not; they agreed with one answer.</summary>
    public int Uncertain { get; private set; }

    public int Disagreements { get; private set; }

    /// <summary>How often each answer was right.</summary>
    public IReadOnlyDictionary<string, int> Outcomes => _outcomes;

    /// <summary>How often a rule decided, and decided so, that is about this.</summary>
    public IReadOnlyDictionary<string, int> Topics => _topics;

    public string Complaints => _complaints.ToString();

    /// <summary>What the agent reported, for whoever has to find out why.</summary>
    public void Explain(IEnumerable<DecisionRecord> records)
    {
        foreach (var r in records)
        {
            _complaints.AppendLine(
                CultureInfo.InvariantCulture,
                $"{r.Sequence} {r.Operation} ({r.Hook}) by {r.Subject.Process.Pid} {r.Subject.Process.Executable}: "
                    + $"{r.Object.Image?.Kind} {r.Object.Image?.Path} {r.Object.Image?.Sha256State} {r.Object.Target?.Pid} {r.Request?.Right}: "
                    + $"{r.Verdict} {r.Mode} by {r.Policy} {r.Rule} ({r.Reason}), audited {r.Audited?.Policy} {r.Audited?.Rule}, generation {r.Generation}");
        }
    }

    /// <param name="operation">What was done, by whom.</param>
    /// <param name="actual">What the kernel made of it.</param>
    /// <param name="expected">What C# says, for each state of what is not certain.</param>
    /// <param name="verdicts">What C# decided by.</param>
    /// <param name="also">What the operation is about besides.</param>
    public void Compare(string operation, string actual, IReadOnlyList<string> expected, OracleVerdicts verdicts, params string[] also)
    {
        var topics = verdicts.TakeTopics();
        if (!expected.Contains(actual, StringComparer.Ordinal))
        {
            if (++Disagreements <= Shown)
                _complaints.AppendLine(CultureInfo.InvariantCulture, $"seed {seed}: {operation}\nkernel: {actual}\nC#: {string.Join(" or ", expected)}\n{verdicts.Text}");
            return;
        }
        if (expected.Distinct(StringComparer.Ordinal).Count() > 1)
        {
            Uncertain++;
            return;
        }
        Cases++;
        _outcomes[actual] = _outcomes.GetValueOrDefault(actual) + 1;
        foreach (var topic in topics.Concat(also))
            _topics[topic] = _topics.GetValueOrDefault(topic) + 1;
    }
}
