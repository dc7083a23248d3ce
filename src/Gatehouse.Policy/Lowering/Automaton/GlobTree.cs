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
        var child = _nodes[node].ChildOf(literal);
        if (child == 0)
        {
            child = Append(Loop.None);
            _nodes[node].AddChild(literal, child);
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
        private byte[] _literals = [];
        private int[] _children = [];

        public int Character;
        public int Star;
        public int DoubleStar;
        public Loop Loop;
        public List<int>? Accepts;

        /// <summary>The bytes that lead to a child, ascending. Two arrays, because most of the many nodes have one.</summary>
        public ReadOnlySpan<byte> Literals => _literals;

        public int ChildOf(byte literal) => _literals.AsSpan().BinarySearch(literal) is >= 0 and var at ? _children[at] : 0;

        public void AddChild(byte literal, int child)
        {
            var at = ~_literals.AsSpan().BinarySearch(literal);
            _literals = [.. _literals.AsSpan(0, at), literal, .. _literals.AsSpan(at)];
            _children = [.. _children.AsSpan(0, at), child, .. _children.AsSpan(at)];
        }
    }
}
