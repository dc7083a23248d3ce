using Gatehouse.Policy;

namespace Gatehouse.Kernel.Loading;

/// <summary>The vectors of an image, and those that are only known on this host. Equal ones are not kept twice.</summary>
internal sealed class VectorStore(PolicyImage image)
{
    /// <summary>What one generation's vectors may take in the kernel.</summary>
    public const long MaximumBytes = 64 * 1024 * 1024;

    private readonly List<ulong[]> _added = [];

    public int Words => image.WordCount;

    public ReadOnlySpan<ulong> this[int value] => value < image.ValueCount ? image.Vector(value) : _added[value - image.ValueCount];

    /// <summary>Keeps a vector.</summary>
    /// <param name="vector">As long as all others.</param>
    /// <param name="candidates">Values that it may well be equal to; others are not looked at.</param>
    public int Add(ulong[] vector, IEnumerable<int> candidates)
    {
        foreach (var candidate in candidates)
        {
            if (this[candidate].SequenceEqual(vector))
                return candidate;
        }
        _added.Add(vector);
        return image.ValueCount + _added.Count - 1;
    }

    /// <summary>Word w of value v is at <c>v * Words + w</c>.</summary>
    /// <exception cref="InvalidOperationException">They take more than <see cref="MaximumBytes"/>.</exception>
    public ulong[] ToCells()
    {
        var count = image.Cells.Length + ((long)_added.Count * Words);
        if (count * sizeof(ulong) > MaximumBytes)
        {
            throw new InvalidOperationException(
                $"the vectors of the policies take {count * sizeof(ulong)} bytes with the files of this host; {MaximumBytes} are possible");
        }
        var cells = new ulong[count];
        image.Cells.CopyTo(cells);
        for (var i = 0; i < _added.Count; i++)
            _added[i].CopyTo(cells, image.Cells.Length + (i * Words));
        return cells;
    }
}
