using System.Text;

namespace Gatehouse.Policy;

/// <summary>
/// Globs as a tree of their parts; what they have in common at their beginnings is there once. It is the nondeterministic
/// machine that <see cref="GlobMachine"/> makes deterministic.
/// </summary>
internal sealed class GlobTree
{
    private readonly List<Node> _nodes = [new Node()];

    public int Count => _nodes.Count;

    public Node this[int index] => _nodes[index];

    public void Add(string glob, int pattern)
    {
        var bytes = Encoding.UTF8.GetBytes(glob);
        var node = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            switch (bytes[i])
            {
                case (byte)'*':
                    var stars = i;
                    while (i + 1 < bytes.Length && bytes[i + 1] == '*')
                    {
                        i++;
                    }

                    node = i > stars ? Child(ref _nodes[node].DoubleStar, Loop.Any) : Child(ref _nodes[node].Star, Loop.NoSlash);
                    break;
                case (byte)'?':
                    node = Child(ref _nodes[node].Character, Loop.Continuation);
                    break;
                default:
                    // A backslash takes the next byte as it is; at the end it stands for itself.
                    i += bytes[i] == '\\' && i + 1 < bytes.Length ? 1 : 0;
                    node = Child(node, bytes[i]);
                    break;
            }
        }

        (_nodes[node].Accepts ??= []).Add(pattern);
    }

    private int Child(int node, byte literal)
    {
        var literals = _nodes[node].Literals ??= [];
        if (!literals.TryGetValue(literal, out var child))
        {
            child = Append(Loop.None);
            literals.Add(literal, child);
        }

        return child;
    }

    private int Child(ref int child, Loop loop)
    {
        child = child == 0 ? Append(loop) : child;
        return child;
    }

    private int Append(Loop loop)
    {
        _nodes.Add(new Node { Loop = loop });
        return _nodes.Count - 1;
    }

    /// <summary>What a node can read any number of times.</summary>
    internal enum Loop
    {
        None,
        NoSlash,
        Continuation,
        Any,
    }

    /// <summary>Where children are 0, there are none.</summary>
    internal sealed class Node
    {
        public SortedDictionary<byte, int>? Literals;
        public int Character;
        public int Star;
        public int DoubleStar;
        public Loop Loop;
        public List<int>? Accepts;
    }
}
