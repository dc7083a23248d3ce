using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>Reads the facts of one case: the fields of <see cref="FieldCatalog"/> without their prefix, by role.</summary>
/// <remarks>A fact that is not given is 0, false, empty or not known, as the field's type has it.</remarks>
internal sealed class CaseFacts(SchemaContext context, MapReader reader, RuleOperations operation)
{
    /// <summary>What <c>ancestor(…)</c> may test.</summary>
    private static readonly ImmutableArray<string> s_ofAncestor = ["executable", "file", "sha256"];

    private static readonly ImmutableArray<(string Word, ClientAnswer Value)> s_answers =
        [("allow", ClientAnswer.Allow), ("deny", ClientAnswer.Deny)];

    /// <summary>The facts by stage; only of use if nothing was reported.</summary>
    public ImmutableArray<OperationFacts> Read()
    {
        var process = FactSetters.Process(Section("process", FieldRole.Process)) with { Ancestors = [.. Ancestors()] };
        var target = FactSetters.Process(Section("target", FieldRole.Target));
        var image = FactSetters.Image(Section("image", FieldRole.Image), DefaultKind()) with { Answers = Answers() };
        var request = FactSetters.Request(Section("request", FieldRole.Operation), DefaultBacking());
        return
        [
            .. Stages(image.Kind, request.Backing).Select(stage => new OperationFacts
            {
                Operation = stage,
                Process = process,
                Target = target,
                Image = image,
                Request = request,
            }),
        ];
    }

    private string? DefaultBacking() => (operation & MemoryFields.Operations) == RuleOperations.None
        ? null
        : reader.Has("image") ? MemoryFields.File : MemoryFields.Anonymous;

    private string DefaultKind() => operation == RuleOperations.ImageLoad ? "library" : "executable";

    private ImmutableArray<GateOperation> Stages(string kind, string? backing) => operation switch
    {
        RuleOperations.ProcessExec => [GateOperation.ProcessExec, GateOperation.ProcessExecArguments],
        RuleOperations.ImageLoad => [ImageFields.LoadOf(kind)],
        RuleOperations.ProcessCreate => [GateOperation.ProcessCreate],
        RuleOperations.ProcessExit => [GateOperation.ProcessExit],
        RuleOperations.ProcessOpen => [GateOperation.ProcessOpen],
        RuleOperations.ProcessCredentials => [GateOperation.ProcessCredentials],
        RuleOperations.ThreadCreate => [GateOperation.ThreadCreate],
        RuleOperations.ThreadOpen => [GateOperation.ThreadOpen],
        RuleOperations.MemoryMap or RuleOperations.MemoryProtect => [OperationReach.OfMemory(operation, backing)],
        RuleOperations.MemoryWriteText => [GateOperation.MemoryWriteText],
        RuleOperations.MemoryUserfaultfd => [GateOperation.MemoryUserfaultfd],
        _ => throw new InvalidOperationException($"{operation} is not one operation."),
    };

    private FactValues Section(string key, FieldRole role)
    {
        var values = new FactValues(context);
        if (!reader.Has(key))
        {
            return values;
        }

        var ofRole = FieldCatalog.All.Where(f => SectionOf(f) == role).ToList();
        var fields = ofRole.Where(f => (f.Operations & operation) != RuleOperations.None).ToList();
        if (fields.Count == 0)
        {
            context.Report(
                DiagnosticCatalog.ForeignFact,
                reader.Optional(key)!,
                $"{RuleComparison.Operations(operation)} has no {key}.",
                $"leave `{key}` out; these have one: {RuleComparison.Operations(Union(ofRole))}");
            return values;
        }

        if (reader.AsMap(reader.Optional(key), key) is { } map)
        {
            values.Read(map, $"the {key} of a case", fields, foreign: ofRole.Except(fields).ToList());
        }

        return values;
    }

    /// <summary>The type of a BPF program is said with the rest of the image.</summary>
    private static FieldRole SectionOf(PolicyField field) =>
        field.Name is OperationReach.ProgramType ? FieldRole.Image : field.Role;

    /// <summary>What clients say that are asked, by their names.</summary>
    private ImmutableDictionary<string, ClientAnswer> Answers()
    {
        var answers = ImmutableDictionary.CreateBuilder<string, ClientAnswer>(StringComparer.Ordinal);
        if (reader.Optional("answers") is not { } node)
        {
            return answers.ToImmutable();
        }

        if (operation is not (RuleOperations.ProcessExec or RuleOperations.ImageLoad))
        {
            context.Report(
                DiagnosticCatalog.ForeignFact, node, $"Nobody is asked about {RuleComparison.Operations(operation)}.", "leave `answers` out");
            return answers.ToImmutable();
        }

        if (reader.AsMap(node, "answers") is { } map)
        {
            var clients = new MapReader(context, map, "answers", known: []);
            foreach (var entry in clients.Entries)
            {
                if (NameReader.Name(context, entry.Key) is { } client)
                {
                    answers[client] = clients.Word(client, s_answers, ClientAnswer.Deny);
                }
            }
        }

        return answers.ToImmutable();
    }

    private static RuleOperations Union(IEnumerable<PolicyField> fields) =>
        fields.Aggregate(RuleOperations.None, static (all, f) => all | f.Operations);

    private IEnumerable<ProgramFacts> Ancestors()
    {
        if (reader.AsList(reader.Optional("ancestors"), "ancestors") is not { } list)
        {
            yield break;
        }

        var fields = FieldCatalog.All
            .Where(static f => f.Role == FieldRole.Process && s_ofAncestor.Contains(FactValues.KeyOf(f), StringComparer.Ordinal))
            .ToList();
        foreach (var item in list.Items)
        {
            if (reader.AsMap(item, "ancestors") is { } map)
            {
                var values = new FactValues(context);
                values.Read(map, "an ancestor", fields, foreign: []);
                yield return FactSetters.Process(values);
            }
        }
    }
}
