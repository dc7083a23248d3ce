namespace Gatehouse.Policy;

/// <summary>
/// The narrowest exemption for memory that a program made executable: exactly the kind of memory, and exactly how. What the
/// memory was not, it must not be: a program that needs a writable page to run needs no executable stack.
/// </summary>
internal static class LearnedMemory
{
    public static LearnedFact Of(RecordedOperation recorded, string operation, string program, string subject)
    {
        var facts = recorded.Facts;
        if (facts.Request.Backing is not { } backing || recorded.Missing.Contains(MemoryFields.Backing, StringComparer.Ordinal))
        {
            return LearnedFact.Refused(operation, program, "what kind of memory it was is not recorded");
        }

        var tests = new List<string> { subject, $"{MemoryFields.Backing} == {QuotedText.Of(backing)}" };
        foreach (var field in MemoryFields.All.Where(f => IsTold(f, facts.Operation)))
        {
            tests.AddRange(field.Type == FieldType.Flag
                ? [(facts.Request.Memory & field.Words[0].Value) != 0 ? field.Name : $"!{field.Name}"]
                : field.Words.Where(static w => w.Word is not "read").Select(w => Access(field, w, facts.Request.Memory)));
        }

        return File(recorded, backing) is var (list, value, problem) && problem is null
            ? new LearnedFact(operation, program, string.Join(" && ", tests), list, value, null, null)
            : LearnedFact.Refused(operation, program, problem);
    }

    /// <summary>That memory becomes executable is what the operation is; what was asked for says no more than what it got.</summary>
    private static bool IsTold(PolicyField field, GateOperation operation) => field.Name switch
    {
        MemoryFields.Backing or MemoryFields.Requested => false,
        MemoryFields.Before => operation is GateOperation.MemoryProtect or GateOperation.MemoryProtectFile,
        _ => true,
    };

    private static string Access(PolicyField field, (string Word, ulong Value) word, ulong memory)
    {
        var test = $"{QuotedText.Of(word.Word)} in {field.Name}";
        return (memory & word.Value) != 0 ? test : $"!({test})";
    }

    /// <summary>A named file by its content if that is known, else as the file at its path; a memfd's name proves nothing.</summary>
    private static (string? List, string? Value, string? Problem) File(RecordedOperation recorded, string backing)
    {
        var image = recorded.Facts.Image;
        return backing switch
        {
            not (MemoryFields.File or MemoryFields.Device) => (null, null, null),
            _ when image is { Sha256: { } hash, VolatileContent: false } && !recorded.Missing.Contains("image.sha256", StringComparer.Ordinal) =>
                ("image.sha256", QuotedText.Of(hash), null),
            _ when LearnedFacts.ProblemOf(recorded, "image.path", image.Path) is { } problem => (null, null, "the file behind the memory: " + problem),
            _ => ("image.file", QuotedText.Of(image.Path!), null),
        };
    }
}
