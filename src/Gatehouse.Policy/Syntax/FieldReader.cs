namespace Gatehouse.Policy;

/// <summary>From names to fields, and whether a field can stand where it does.</summary>
internal sealed class FieldReader(ExpressionSource source, SetScope sets)
{
    /// <summary>Whether the condition inside <c>ancestor(…)</c> is being read.</summary>
    public bool InsideAncestor { get; set; }

    /// <summary>The field, or null if it was reported.</summary>
    public PolicyField? Find(ExpressionToken name)
    {
        if (ExpressionWords.Find(name.Text) is { } field)
        {
            if (!InsideAncestor || IsOfPrograms(field))
            {
                return field;
            }

            source.Report(
                DiagnosticCatalog.AncestorScope,
                name,
                $"Of an ancestor only its programs are known, not `{name.Text}`.",
                "test process.executable, process.file or process.sha256 there, and the rest outside");
        }
        else if (sets.Contains(name.Text))
        {
            sets.Use(name.Text);
            source.Report(
                DiagnosticCatalog.InvalidOperand,
                name,
                $"`{name.Text}` is a set; it stands to the right of `in`.",
                $"write field in {name.Text}");
        }
        else
        {
            source.Report(
                DiagnosticCatalog.UnknownField,
                name,
                $"There is no field `{Excerpt.Of(name.Text)}`.",
                source.ErrorsAreFull ? null : ExpressionWords.FieldSuggestion(name.Text));
        }

        return null;
    }

    private static bool IsOfPrograms(PolicyField field) =>
        field is { Role: FieldRole.Process, Type: FieldType.Path or FieldType.File or FieldType.Sha256 };
}
