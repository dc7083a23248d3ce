using Shouldly;
using Xunit;

namespace Gatehouse.Policy.Tests.Syntax;

/// <summary>An error inside a condition points at the very characters, however YAML lets one write the text.</summary>
public sealed class PositionTests
{
    /// <summary>How <c>when</c> is written; in each the wrong text is <c>image.pth</c>, and nowhere else.</summary>
    public static TheoryData<string> Styles =>
    [
        "image.pth == '/a'",
        "image.kind == 'library' && image.pth == '/a'",
        "\"image.pth == '/a'\"",
        "\"image.path == \\\"/\\x61\\\" && image.pth == '/a'\"",
        "\"image.path == '/\\U0001F6AA\\u00e9\\t' && image.pth == '/a'\"",
        "\"image.path == '/a' \\\n      && image.pth == '/a'\"",
        "\"image.path == '/a'\n\n      && image.pth == '/a'\"",
        "'image.pth == ''/a'''",
        "'image.path == ''/a'' || image.pth == ''/a'''",
        "'image.path == ''/a''\n       || image.pth == ''/a'''",
        "image.path == '/a' ||\n      image.pth == '/a'",
        "image.path == '/a' ||\n\n\n        image.pth == '/a'",
        "|\n      image.pth == '/a'",
        "|\n      image.path == '/a'\n        || image.pth == '/a'",
        "|2-  # a comment with image.\n        image.path == '/a' ||\n        image.pth == '/a'",
        ">\n      image.path == '/a' ||\n      image.pth == '/a'",
        ">-\n\n      image.path == '/a' ||\n\n        image.pth == '/a'",
        "image.path == '/\U0001F6AA/é' || image.pth == '/a'",
    ];

    [Theory]
    [MemberData(nameof(Styles))]
    public void The_span_of_a_wrong_field_covers_exactly_the_field(string when)
    {
        foreach (var newLine in new[] { "\n", "\r\n" })
        {
            var text = ("apiVersion: gatehouse/v1\nmetadata:\n  name: a\nrules:\n  - name: a\n    on: image.load\n    action: audit\n"
                + $"    when: {when}\n    description: after\n").Replace("\n", newLine, StringComparison.Ordinal);

            var diagnostic = TestPolicy.Parse(text).Diagnostics.ShouldHaveSingleItem();

            diagnostic.Code.ShouldBe("GH2006");
            TextAt(text, diagnostic.Span).ShouldBe("image.pth");
        }
    }

    [Fact]
    public void A_byte_order_mark_does_not_shift_columns()
    {
        var diagnostic = TestPolicy.Parse("\uFEFFapiVersio: gatehouse/v1").Diagnostics.Single(d => d.Code is "GH1010");

        diagnostic.Span.ShouldBe(new SourceSpan("test.yaml", 1, 1, 1, 10));
    }

    [Fact]
    public void An_element_of_a_set_is_reported_where_it_is_written_and_only_once()
    {
        var text = TestPolicy.FileWith(
            "a",
            "sets:\n  s:\n    - /a\n    - 'b'\n",
            TestPolicy.Rule("r", "audit", "image.path in s"),
            TestPolicy.Rule("q", "audit", "image.path in s"));

        var diagnostic = TestPolicy.Parse(text).Diagnostics.ShouldHaveSingleItem();

        diagnostic.Code.ShouldBe("GH2010");
        TextAt(text, diagnostic.Span).ShouldBe("'b'");
    }

    [Fact]
    public void Diagnostics_come_in_the_order_of_the_text()
    {
        var result = TestPolicy.Parse(RepositoryFiles.ReadCorpus("invalid/conditions.yaml"));

        var places = result.Diagnostics.Select(d => (d.Span.StartLine, d.Span.StartColumn)).ToList();
        places.ShouldBe(places.Order());
        places.Count.ShouldBeGreaterThan(30);
    }

    private static string TextAt(string text, SourceSpan span)
    {
        span.EndLine.ShouldBe(span.StartLine);
        var line = text.Split('\n')[span.StartLine - 1];
        return line[(span.StartColumn - 1)..(span.EndColumn - 1)];
    }
}
