using System.Globalization;
using System.Text;
using Gatehouse.Policy;

namespace Gatehouse.KernelTests.Oracle;

/// <summary>Whether what events say was decided is what C# says of the facts in them.</summary>
internal sealed class OracleReplay(OracleWorld world, int seed)
{
    private const int Shown = 5;

    private readonly OracleEvents _events = new(world);
    private readonly StringBuilder _complaints = new();

    public int Events { get; private set; }

    /// <summary>How many of them had a file of the pool.</summary>
    public int Images { get; private set; }

    public int Disagreements { get; private set; }

    public string Complaints => _complaints.ToString();

    public void Compare(IEnumerable<StreamRecord> records, ulong generation, OracleVerdicts verdicts)
    {
        foreach (var record in records.OfType<DecisionRecord>().Where(r => r.Generation == generation && r.Reason is "rule" or "no-rule"))
        {
            if (_events.FactsOf(record, verdicts.Image) is { } facts)
                Compare(record, facts, verdicts);
        }
    }

    private void Compare(DecisionRecord record, OperationFacts facts, OracleVerdicts verdicts)
    {
        // Hashes of targets that ran before the policy may be known to the kernel or not.
        OperationFacts[] variants = [facts, facts with { Target = facts.Target with { Sha256 = null } }];
        var expected = variants.Select(v => Text(PolicyEvaluator.Evaluate(verdicts.Image, v))).Distinct(StringComparer.Ordinal).ToList();
        var actual = Text(record);
        Events++;
        Compare(record, facts.Process);
        if (expected.Contains(actual, StringComparer.Ordinal) || ++Disagreements > Shown)
            return;
        _complaints.AppendLine(
            CultureInfo.InvariantCulture,
            $"seed {seed}: event {record}\n{facts}\nkernel: {actual}\nC#: {string.Join(" or ", expected)}\n{verdicts.Text}");
    }

    /// <summary>What an event says of a file must be what the file is, whatever rules ask.</summary>
    private void Compare(DecisionRecord record, ProcessFacts process)
    {
        if (record.Object.Image is not { } loaded || _events.FileOf(loaded, process) is not { } file)
            return;
        Images++;
        var actual = Describe(OracleEvents.FlagsOf(loaded), loaded.Size, loaded.OwnerUid, loaded.OwnerGid, loaded.FileSystemMagic,
            loaded.Sha256 ?? file.Sha256, loaded.Trust ?? file.Trust, loaded.VerityDigest ?? file.VerityDigest);
        var expected = Describe(file.Flags, file.Size, file.OwnerUid, file.OwnerGid, file.FileSystemMagic, file.Sha256, file.Trust, file.VerityDigest);
        if (string.Equals(expected, actual, StringComparison.Ordinal) || ++Disagreements > Shown)
            return;
        _complaints.AppendLine(
            CultureInfo.InvariantCulture, $"seed {seed}: {record.Hook} {loaded.Kind} {loaded.Path}\nevent:  {actual}\noracle: {expected}");
    }

    private static string Describe(
        ulong flags, ulong size, uint uid, uint gid, uint magic, string sha256, string trust, string? verity) => string.Create(
        CultureInfo.InvariantCulture, $"flags {flags}, {size} bytes, {uid}:{gid} on {magic:x}, {sha256}, trust {trust}, fs-verity {verity}");

    private static string Text(PolicyVerdict verdict) => string.Create(
        CultureInfo.InvariantCulture,
        $"{verdict.Outcome} by {verdict.DecidingRule ?? -1}, audited {(verdict.DecidingRule is null ? verdict.AuditedRule ?? -1 : -1)}");

    private static string Text(DecisionRecord record)
    {
        // Nothing decided: then the event names the audited rule in place of a deciding one.
        var audits = record.Mode == EventMode.Audit;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{record.Verdict} by {(audits ? -1 : record.RuleIndex ?? -1)}, audited {(audits ? record.RuleIndex ?? -1 : -1)}");
    }
}
