using System.Collections.Immutable;
using Gatehouse.Abi;
using Gatehouse.Kernel.Loading;
using Gatehouse.Policy;
using Shouldly;

namespace Gatehouse.Kernel.Tests;

/// <summary>Files found at the paths of a policy, also one file at several of them.</summary>
public sealed class BoundFileTests
{
    private const ulong IsA = 0b0001;
    private const ulong IsB = 0b0010;
    private const ulong IsNotA = 0b0100;
    private const ulong IsNotB = 0b1000;

    private static readonly InodeIdentity s_file = new(1, 2, 3);
    private static readonly InodeIdentity s_other = new(1, 4, 3);

    // Values: 1 no bound file, 2 at a, 3 at b, 4 the tests for membership.
    private static readonly ulong[] s_vectors = [IsNotA | IsNotB, IsA | IsNotB, IsB | IsNotA, IsA | IsB];

    private static readonly ImmutableArray<ClassTable> s_tables =
    [
        new(ClassTableKind.Bit, [0, 1], 0),
        new(ClassTableKind.File, [1, 2, 3], 4),
        new(ClassTableKind.ForwardName, [0, 0, 0, 2, 3, 1], 4),
        new(ClassTableKind.File, [0, 2, 2], 4),
    ];

    private static TableContents Load(params PathBinding[] bindings) => TableContents.Of(
        TestImages.Of(s_vectors, s_tables, [new BoundPath("/a", 3, 1), new BoundPath("/b", 4, 2), new BoundPath("/c", 0, 2), new BoundPath("/d", 5, 0)]),
        bindings,
        []);

    private static PathBinding At(string path, params InodeIdentity[] inodes) => new(path, path, inodes, null);

    private static BoundName Name(TableContents contents, InodeIdentity inode) =>
        contents.Bound.Single(b => b.Key.Inode == inode.Inode).Name;

    private static (uint, uint, uint) Classes(BoundName name) => (name.Name[0], name.Name[1], name.Name[2]);

    /// <summary>The vector that a class of a table means, found the way the kernel side finds it.</summary>
    private static ulong Vector(TableContents contents, int table, uint @class)
    {
        var first = Enumerable.Range(0, table).Sum(i => Length(contents, i));
        return contents.Cells[contents.Values[first + (int)@class]];
    }

    // Tables 1 and 3 share their classes, and grow together.
    private static int Length(TableContents contents, int table)
    {
        var added = (contents.Values.Length - s_tables.Sum(static t => t.Values.Length)) / 2;
        return s_tables[table].Values.Length + (s_tables[table].Kind == ClassTableKind.File ? added : 0);
    }

    [Fact]
    public void Every_inode_of_a_path_has_its_classes()
    {
        var contents = Load(At("/a", s_file, s_other));

        contents.Bound.Length.ShouldBe(2);
        foreach (var inode in (InodeIdentity[])[s_file, s_other])
        {
            Classes(Name(contents, inode)).ShouldBe((3u, 1u, 1u));
            Name(contents, inode).File.ShouldBe(1u);
        }
    }

    [Fact]
    public void A_path_that_no_rule_tests_as_a_name_is_no_name()
    {
        var name = Name(Load(At("/c", s_file)), s_file);

        Classes(name).ShouldBe((0u, 0u, 0u));
        name.File.ShouldBe(2u);
    }

    [Fact]
    public void A_path_where_nothing_stands_binds_nothing() => Load(At("/a")).Bound.ShouldBeEmpty();

    [Fact]
    public void One_file_at_two_paths_passes_what_one_is_asked_for_and_not_what_one_excludes()
    {
        var contents = Load(At("/a", s_file), At("/c", s_file));

        var united = Name(contents, s_file).File;
        united.ShouldBe(3u);
        Vector(contents, 1, united).ShouldBe(IsA | IsB);
        // The other table of files knows the class too, and there both paths have the same vector.
        Vector(contents, 3, united).ShouldBe(IsA | IsNotB);
    }

    [Fact]
    public void A_path_that_says_nothing_of_the_file_does_not_change_what_it_is()
    {
        var name = Name(Load(At("/a", s_file), At("/d", s_file)), s_file);

        name.File.ShouldBe(1u);
        name.Name[0].ShouldBe(6u);
    }

    [Fact]
    public void The_same_paths_get_the_same_class_again()
    {
        var contents = Load(At("/a", s_file, s_other), At("/c", s_file, s_other));

        Name(contents, s_file).File.ShouldBe(Name(contents, s_other).File);
        contents.Cells.Length.ShouldBe(5 + 1);
    }

    [Fact]
    public void An_inode_reaches_the_kernel_as_it_compares_it()
    {
        var key = TableContents.KeyOf(new InodeIdentity(10, 20, 30));

        (key.Device, key.Inode, key.Generation, key.Pad).ShouldBe((10ul, 20ul, 30u, 0u));
    }

    [Fact]
    public void Tables_that_cannot_share_a_class_are_refused()
    {
        var image = TestImages.Of(
            s_vectors, [new(ClassTableKind.File, [1, 2], 4), new(ClassTableKind.File, [1], 4)], [new BoundPath("/a", 0, 1)]);

        Should.Throw<InvalidOperationException>(() => TableContents.Of(image, [], []));
    }
}
