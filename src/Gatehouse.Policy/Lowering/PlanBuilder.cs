using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>Which vectors an operation intersects: only of the facts that its rows test.</summary>
internal sealed class PlanBuilder(TableSet tables, RowVectors rows, Func<FactKey, int> bitOf)
{
    /// <summary>The mask of an operation's flags, and the bit in it that says that the target is a child.</summary>
    private const int FlagsMask = 0;

    private const int ChildBit = 0;

    /// <summary>Names that a file can have.</summary>
    private const int Names = 3;

    private static readonly FactKind[] s_nameKinds = [FactKind.ForwardName, FactKind.BackwardName, FactKind.GlobName];

    public OperationEntry Build(IReadOnlyList<LaidOutRow> concerned)
    {
        if (concerned.Count == 0)
        {
            return OperationEntry.None;
        }

        var testing = new Dictionary<FactKey, int>();
        foreach (var key in concerned.SelectMany(r => r.Conjunction.Facts.Select(f => GroupOf(f.Key)).Distinct()))
        {
            testing[key] = testing.GetValueOrDefault(key) + 1;
        }

        // What most rows test leaves fewest rows; a word without any is done.
        var steps = ImmutableArray.CreateBuilder<PlanStep>();
        foreach (var (key, _) in testing.OrderByDescending(t => t.Value).ThenBy(t => t.Key))
        {
            if (key.IsName)
            {
                AddNames(steps, key.Role, concerned);
            }
            else
            {
                steps.Add(new PlanStep(tables[key], SourceOf(key), BitOf(key), BeginsTerm: true, EndsTerm: true, EndsGroup: true)
                {
                    IsMaskClass = IsMaskClass(key),
                });
            }
        }

        return new OperationEntry(rows.Values.Add(rows.Of(concerned)), NeedsOf(concerned), steps.DrainToImmutable());
    }

    public static LabelNeeds LabelNeedsOf(IEnumerable<LaidOutRow> rows)
    {
        var needs = LabelNeeds.None;
        foreach (var key in rows.SelectMany(r => r.Conjunction.Facts).Select(f => f.Key))
        {
            needs |= key switch
            {
                { Role: not (FieldRole.Process or FieldRole.Target) } => LabelNeeds.None,
                { IsName: true } or { Kind: FactKind.File } => LabelNeeds.Names,
                { Kind: FactKind.Hash } => LabelNeeds.Hash,
                { Kind: FactKind.Number } => LabelNeedOfId(key.Index),
                { Kind: FactKind.Ancestor } => LabelNeeds.Ancestors,
                { Kind: FactKind.Bit, Index: 1 } => LabelNeeds.Capabilities,
                _ => LabelNeeds.Flags,
            };
        }

        return needs;
    }

    /// <summary>By the index of the fact among those of a process.</summary>
    private static LabelNeeds LabelNeedOfId(int index) => index switch
    {
        11 => LabelNeeds.Uid,
        12 => LabelNeeds.EffectiveUid,
        13 => LabelNeeds.Gid,
        14 => LabelNeeds.EffectiveGid,
        15 => LabelNeeds.LoginUid,
        _ => throw new ArgumentOutOfRangeException(nameof(index), index, "no number of a process"),
    };

    /// <summary>Tests of names belong together, because all of a row look at one name.</summary>
    private static FactKey GroupOf(FactKey key) => key.IsName ? FactKey.Name(FactKind.ForwardName, key.Role) : key;

    private void AddNames(ImmutableArray<PlanStep>.Builder steps, FieldRole role, IReadOnlyList<LaidOutRow> concerned)
    {
        var used = s_nameKinds.Where(kind => tables.Has(FactKey.Name(kind, role))
            && (kind == FactKind.ForwardName || concerned.Any(r => r.Conjunction.Find(FactKey.Name(kind, role)) is not null)))
            .ToList();
        var names = role == FieldRole.Operation ? 1 : Names;
        for (var name = 0; name < names; name++)
        {
            for (var i = 0; i < used.Count; i++)
            {
                var key = FactKey.Name(used[i], role);
                steps.Add(new PlanStep(
                    tables[key],
                    SourceOf(key) + (name * s_nameKinds.Length) + (used[i] - FactKind.ForwardName),
                    Bit: -1,
                    BeginsTerm: i == 0,
                    EndsTerm: i == used.Count - 1,
                    EndsGroup: i == used.Count - 1 && name == names - 1));
            }
        }
    }

    private static bool IsMaskClass(FactKey key) => key.Kind is FactKind.Verity or FactKind.Trust;

    private static int SourceOf(FactKey key) => key.Index + (key.Kind >= FactKind.Bit || IsMaskClass(key)
        ? FactSource.MaskOf(key.Role)
        : FactSource.ClassOf(key.Role));

    private int BitOf(FactKey key) => key.Kind switch
    {
        FactKind.Bit => key.Bit,
        FactKind.Ancestor or FactKind.Argument or FactKind.Environment => bitOf(key),
        _ => -1,
    };

    private static OperationNeeds NeedsOf(IReadOnlyList<LaidOutRow> rows)
    {
        // Rows of tests have no rule, and refuse nothing.
        var needs = rows.Count > 0 && rows.All(r => r.Rule is not { Decides: true, Action: not RuleAction.Allow, OnFull: MissAnswer.Deny })
            ? OperationNeeds.OpenWhenFull
            : OperationNeeds.None;
        foreach (var key in rows.SelectMany(r => r.Conjunction.Facts).Select(f => f.Key))
        {
            needs |= key switch
            {
                { Role: FieldRole.Process, Kind: FactKind.Ancestor } => OperationNeeds.Subject | OperationNeeds.Ancestors,
                { Role: FieldRole.Process } => OperationNeeds.Subject,
                { Role: FieldRole.Target, Kind: FactKind.Ancestor } => OperationNeeds.Target | OperationNeeds.Ancestors,
                { Role: FieldRole.Target } => OperationNeeds.Target,
                { Role: FieldRole.Image, IsName: true } => OperationNeeds.Image | OperationNeeds.Name,
                { Role: FieldRole.Image, Kind: FactKind.File } => OperationNeeds.Image | OperationNeeds.Name,
                { Role: FieldRole.Image, Kind: FactKind.Hash } => OperationNeeds.Image | OperationNeeds.Hash,
                { Role: FieldRole.Image, Kind: FactKind.Trust } => OperationNeeds.Image | OperationNeeds.Hash | OperationNeeds.Trust,
                { Role: FieldRole.Image, Kind: FactKind.Verity } => OperationNeeds.Image | OperationNeeds.Verity,
                { Role: FieldRole.Image, Kind: FactKind.Bit, Index: ImageFields.AnswersMask } =>
                    OperationNeeds.Image | OperationNeeds.Answers,
                { Role: FieldRole.Image } => OperationNeeds.Image,
                { Kind: FactKind.Argument } => OperationNeeds.Arguments,
                { Kind: FactKind.Environment } => OperationNeeds.Environment,
                { Kind: FactKind.Bit, Index: FlagsMask, Bit: ChildBit } => OperationNeeds.Request | OperationNeeds.Child,
                _ => OperationNeeds.Request,
            };
        }

        return needs;
    }
}
