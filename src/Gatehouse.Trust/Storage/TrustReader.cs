using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Gatehouse.Trust;

/// <summary>Reads what <see cref="TrustWriter"/> writes, and refuses everything that it would not have written.</summary>
internal ref struct TrustReader
{
    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly string _file;
    private readonly ReadOnlySpan<char> _text;
    private readonly Dictionary<string, TrustOrigin>.AlternateLookup<ReadOnlySpan<char>> _packages;
    private readonly Dictionary<string, TrustOrigin>.AlternateLookup<ReadOnlySpan<char>> _signers;
    private int _next;
    private int _lineStart;
    private int _line;

    private TrustReader(string file, string text)
    {
        _file = file;
        _text = text;
        _packages = new Dictionary<string, TrustOrigin>(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        _signers = new Dictionary<string, TrustOrigin>(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <exception cref="TrustFormatException">It is damaged or of another version.</exception>
    public static TrustDatabase Read(byte[] bytes, string file)
    {
        string text;
        try
        {
            text = s_strict.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            var before = bytes.AsSpan(0, Math.Clamp(e.Index, 0, bytes.Length));
            var start = before.LastIndexOf((byte)'\n') + 1;
            throw new TrustFormatException(file, before.Count((byte)'\n') + 1, before.Length - start + 1, "this is no UTF-8 text; the file is damaged");
        }

        return new TrustReader(file, text).Read(bytes);
    }

    private TrustDatabase Read(byte[] bytes)
    {
        var head = Line();
        if (!head.StartsWith(TrustWriter.Magic, StringComparison.Ordinal))
        {
            throw Wrong(0, $"a trust database begins with \"{TrustWriter.Magic}{TrustWriter.Version}\"; this is none, or damaged");
        }

        if (!head[TrustWriter.Magic.Length..].Equals($"{TrustWriter.Version}", StringComparison.Ordinal))
        {
            throw Wrong(TrustWriter.Magic.Length, $"version {head[TrustWriter.Magic.Length..]} is not known; this program reads version {TrustWriter.Version}");
        }

        var counter = Number("counter ");
        var count = Number("entries ");
        if (count > (ulong)_text.Length)
        {
            throw Wrong("entries ".Length, "the file has fewer lines than that; it is damaged");
        }

        var entries = ImmutableArray.CreateBuilder<TrustEntry>((int)count);
        while (entries.Count < (int)count)
        {
            var entry = Entry();
            if (entries.Count > 0 && entries[^1].CompareTo(entry) >= 0)
            {
                throw Wrong(0, "this entry is not behind the one before it, as the order of the file wants; the file is damaged");
            }

            entries.Add(entry);
        }

        CheckEnd(bytes);
        return TrustDatabase.OfSorted(counter, entries.MoveToImmutable());
    }

    private void CheckEnd(byte[] bytes)
    {
        const string word = "end ";
        var end = Line();
        if (!end.StartsWith(word, StringComparison.Ordinal))
        {
            throw Wrong(0, "\"end\" was expected after the number of entries that the head names; the file is damaged");
        }

        // Of the bytes and not of the text: what is checked is what was signed.
        var length = bytes.AsSpan().LastIndexOf("\nend "u8) + 1;
        if (!TrustDigest.TryParse(end[word.Length..], out var sum) || sum != new TrustDigest(SHA256.HashData(bytes.AsSpan(0, length))))
        {
            throw Wrong(word.Length, "the checksum does not fit; the file is damaged");
        }

        if (_next != _text.Length)
        {
            Line();
            throw Wrong(0, "there is something behind the end; the file is damaged");
        }
    }

    private TrustEntry Entry()
    {
        var line = Line();
        var at = 0;
        var kindText = Word(line, ref at, out var kindAt);
        var kind = Find(kindText, TrustWords.Kinds, TrustWords.Of) ?? throw Wrong(kindAt, "content, unpacked or fs-verity was expected; the file is damaged");
        var sourceText = Word(line, ref at, out var sourceAt);
        var source = Find(sourceText, TrustWords.Sources, TrustWords.Of) ?? throw Wrong(sourceAt, "package, baseline or signer was expected; the file is damaged");
        var digestText = Word(line, ref at, out var digestAt);
        if (!TrustDigest.TryParse(digestText, out var digest))
        {
            throw Wrong(digestAt, "64 lower-case hexadecimal digits were expected; the file is damaged");
        }

        var sizeText = Word(line, ref at, out var sizeAt);
        long? size = null;
        if (!sizeText.Equals("-", StringComparison.Ordinal))
        {
            size = TryNumber(sizeText, out var number) && number <= long.MaxValue
                ? (long)number
                : throw Wrong(sizeAt, "a size or \"-\" was expected; the file is damaged");
        }

        var originText = Word(line, ref at, out var originAt);
        var origin = Origin(source, originText) ?? throw Wrong(originAt, $"this is no origin of the source {TrustWords.Of(source)}; the file is damaged");
        var (path, wrong) = PathText.Unescape(line[at..]);
        if (path is null || path.Length == 0 || path[0] != '/')
        {
            throw Wrong(at + Math.Max(wrong, 0), "this is not how an absolute path is written; the file is damaged");
        }

        return new TrustEntry(path, kind, digest, size, origin);
    }

    private readonly TrustOrigin? Origin(TrustSource source, ReadOnlySpan<char> text)
    {
        var known = source == TrustSource.Package ? _packages : _signers;
        if (source != TrustSource.Baseline && known.TryGetValue(text, out var origin))
        {
            return origin;
        }

        origin = TrustOrigin.Parse(source, text.ToString());
        if (origin is not null && source != TrustSource.Baseline)
        {
            known[text] = origin;
        }

        return origin;
    }

    private static T? Find<T>(ReadOnlySpan<char> text, IReadOnlyList<T> values, Func<T, string> word)
        where T : struct
    {
        for (var i = 0; i < values.Count; i++)
        {
            if (text.Equals(word(values[i]), StringComparison.Ordinal))
            {
                return values[i];
            }
        }

        return null;
    }

    private ulong Number(string word)
    {
        var line = Line();
        if (!line.StartsWith(word, StringComparison.Ordinal))
        {
            throw Wrong(0, $"\"{word.Trim()}\" was expected; the file is damaged");
        }

        return TryNumber(line[word.Length..], out var number) ? number : throw Wrong(word.Length, "a number was expected; the file is damaged");
    }

    private static bool TryNumber(ReadOnlySpan<char> text, out ulong number) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && (text.Length == 1 || text[0] != '0');

    private readonly ReadOnlySpan<char> Word(ReadOnlySpan<char> line, ref int at, out int start)
    {
        start = at;
        var length = line[at..].IndexOf(' ');
        if (length < 0)
        {
            throw Wrong(line.Length, "the line breaks off; the file is damaged");
        }

        at += length + 1;
        return line.Slice(start, length);
    }

    private ReadOnlySpan<char> Line()
    {
        _line++;
        _lineStart = _next;
        var length = _text[_next..].IndexOf('\n');
        if (length < 0)
        {
            throw Wrong(_text.Length - _next, "the file breaks off here; it is damaged");
        }

        _next += length + 1;
        return _text.Slice(_lineStart, length);
    }

    private readonly TrustFormatException Wrong(int index, string problem) => new(_file, _line, index + 1, problem);
}
