using System.Globalization;
using System.Text;

namespace Gatehouse.Policy;

/// <summary>
/// From an event to the conditions of an allow rule. A path never grants (a name is chosen by whoever makes a namespace), so
/// programs are named by the content of their file or by the file that stands at a path when the policy is loaded.
/// </summary>
internal static class LearnedFacts
{
    private const string And = " && ";

    public static LearnedFact Of(RecordedOperation recorded)
    {
        var facts = recorded.Facts;
        var operation = PolicyWords.Of(facts.Operation);
        var program = facts.Process.Path ?? "(no path)";
        if (facts.Operation == GateOperation.ProcessExit)
        {
            return LearnedFact.Refused(operation, program, "the end of a process needs no permission");
        }

        if (facts.Operation == GateOperation.ProcessExecArguments)
        {
            return LearnedFact.Refused(
                operation, program, "a rule that tests arguments matched; an allow rule cannot test them, so write the exception into that rule");
        }

        if (ProblemOf(recorded, "process.executable", facts.Process.Path) is { } problem)
        {
            return LearnedFact.Refused(operation, program, "the acting program: " + problem);
        }

        var subject = $"process.file == {QuotedText.Of(facts.Process.Path!)}";
        return facts.Operation switch
        {
            GateOperation.ImageLoadProgram => OfProgram(facts, operation, program, subject),
            GateOperation.ProcessExec or GateOperation.ImageLoadExecutable or GateOperation.ImageLoadLibrary or GateOperation.ImageLoadKernel =>
                OfImage(recorded, operation, program, subject),
            GateOperation.ProcessOpen or GateOperation.ThreadOpen => OfOpen(recorded, operation, program, subject),
            GateOperation.ProcessCredentials => OfCredentials(facts, operation, program, subject),
            GateOperation.MemoryMap or GateOperation.MemoryMapFile or GateOperation.MemoryProtect or GateOperation.MemoryProtectFile =>
                LearnedMemory.Of(recorded, operation, program, subject),
            GateOperation.MemoryWriteText or GateOperation.MemoryUserfaultfd => new LearnedFact(operation, program, subject, null, null, null, null),
            _ => OfCreate(facts, operation, program, subject),
        };
    }

    private static LearnedFact OfProgram(OperationFacts facts, string operation, string program, string subject) =>
        facts.Image.ProgramType is { } type
            ? new LearnedFact(operation, program, subject, OperationReach.ProgramType, QuotedText.Of(type), null, null)
            : LearnedFact.Refused(operation, program, "there is no word for the type of the BPF program");

    private static LearnedFact OfImage(RecordedOperation recorded, string operation, string program, string subject)
    {
        var image = recorded.Facts.Image;
        if (recorded.Cut.Contains("image.path"))
        {
            return LearnedFact.Refused(operation, program, "the path of what is loaded was cut");
        }

        if (image.Sha256 is { } hash && !image.VolatileContent && !recorded.Missing.Contains("image.sha256"))
        {
            return new LearnedFact(operation, program, subject, "image.sha256", QuotedText.Of(hash), image.Path ?? "(no path)", null);
        }

        if (image.VolatileContent)
        {
            return LearnedFact.Refused(operation, program, $"the content of {QuotedText.Of(image.Path ?? "")} could change while it was loaded");
        }

        return ProblemOf(recorded, "image.path", image.Path) is { } problem
            ? LearnedFact.Refused(operation, program, "what is loaded: " + problem)
            : new LearnedFact(operation, program, subject, "image.file", QuotedText.Of(image.Path!), null, null);
    }

    private static LearnedFact OfOpen(RecordedOperation recorded, string operation, string program, string subject)
    {
        var facts = recorded.Facts;
        if (facts.Request.Right is not { } right)
        {
            return LearnedFact.Refused(operation, program, "the right was not recorded");
        }

        if (ProblemOf(recorded, "target.executable", facts.Target.Path) is { } problem)
        {
            return LearnedFact.Refused(operation, program, "the target: " + problem);
        }

        var target = $"{subject}{And}target.file == {QuotedText.Of(facts.Target.Path!)}";
        return right is "signal"
            ? new LearnedFact(
                operation, program, $"{target}{And}open.right == \"signal\"", "open.signal", Number(facts.Request.Signal), null, null)
            : new LearnedFact(operation, program, target, "open.right", QuotedText.Of(right), null, null);
    }

    private static LearnedFact OfCredentials(OperationFacts facts, string operation, string program, string subject)
    {
        var change = facts.Request.Change;
        var with = $"{subject}{And}credentials.change == {QuotedText.Of(change ?? "")}";
        return change switch
        {
            null => LearnedFact.Refused(operation, program, "what changed was not recorded"),
            "uid" => new LearnedFact(operation, program, with, "credentials.newUid", Number(facts.Request.NewUid), null, null),
            "gid" => new LearnedFact(operation, program, with, "credentials.newGid", Number(facts.Request.NewGid), null, null),
            _ => new LearnedFact(operation, program, subject, "credentials.change", QuotedText.Of(change), null, null),
        };
    }

    // The namespaces that were never made stay forbidden: a fork and a container are not the same permission.
    private static LearnedFact OfCreate(OperationFacts facts, string operation, string program, string subject)
    {
        var words = FieldCatalog.Find("create.namespaces")!.Words;
        var tests = words.Select(w => (facts.Request.Namespaces & w.Value) != 0
            ? $"\"{w.Word}\" in create.namespaces"
            : $"!(\"{w.Word}\" in create.namespaces)");
        return new LearnedFact(operation, program, string.Join(And, tests.Prepend(subject)), null, null, null, null);
    }

    /// <summary>Why a file cannot be named by the path at which it was seen, or null.</summary>
    public static string? ProblemOf(RecordedOperation recorded, string field, string? path)
    {
        if (recorded.Cut.Contains(field))
        {
            return "its path was cut";
        }

        if (path is null || recorded.Missing.Contains(field))
        {
            return "its path was not recorded";
        }

        var quoted = QuotedText.Of(path);
        var parts = path.Split('/');
        if (path[0] != '/' || parts.Skip(1).Any(static p => p is "" or "." or ".."))
        {
            return $"{quoted} is not a path of a file";
        }

        if (path.Contains('\uFFFD', StringComparison.Ordinal))
        {
            return $"{quoted} is not text, so the record does not tell its name";
        }

        if (path.EndsWith(" (deleted)", StringComparison.Ordinal))
        {
            return $"{quoted} had no name any more";
        }

        return Encoding.UTF8.GetByteCount(path) > PolicyLimits.MaxPathBytes
            ? string.Create(CultureInfo.InvariantCulture, $"{quoted} has more than {PolicyLimits.MaxPathBytes} bytes")
            : null;
    }

    private static string Number(uint number) => number.ToString(CultureInfo.InvariantCulture);
}
