using Gatehouse.Sdk.Policies;
using Shouldly;
using Xunit;

namespace Gatehouse.Sdk.Tests;

public sealed class DiagnosticTextTests
{
    private const string Source = "first\nwhen: image.paht == \"/x\"\r\nlast";

    [Fact]
    public void The_line_is_shown_with_a_mark_below_what_is_wrong()
    {
        var text = DiagnosticText.Render(At(2, 7, 2, 17) with { Suggestion = "image.path" }, Source);

        text.ShouldBe(
            """
            p.yaml:2:7: error GH2001: no such field
                when: image.paht == "/x"
                      ^^^^^^^^^^
                suggestion: image.path
            """);
    }

    [Fact]
    public void A_finding_over_several_lines_is_marked_to_the_end_of_its_first() =>
        DiagnosticText.Layout(At(1, 3, 2, 4), Source).Mark.ShouldBe("  ^^^");

    [Theory]
    [InlineData(0, 0)]
    [InlineData(99, 1)]
    public void A_finding_without_a_place_is_shown_without_a_line(int line, int column) =>
        DiagnosticText.Layout(At(line, column, line, column), Source).SourceLine.ShouldBeNull();

    [Fact]
    public void A_column_beyond_the_line_is_marked_at_its_end() =>
        DiagnosticText.Layout(At(1, 50, 1, 60), Source).Mark.ShouldBe("     ^");

    [Fact]
    public void Control_characters_of_the_text_are_not_passed_on() =>
        DiagnosticText.Layout(At(1, 1, 1, 2), "\u001b[31mred").SourceLine.ShouldBe(" [31mred");

    private static PolicyDiagnostic At(int line, int column, int endLine, int endColumn) => new()
    {
        Code = "GH2001",
        Severity = "error",
        Message = "no such field",
        File = "p.yaml",
        Line = line,
        Column = column,
        EndLine = endLine,
        EndColumn = endColumn,
    };
}
