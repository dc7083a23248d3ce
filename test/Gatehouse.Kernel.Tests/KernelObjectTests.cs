using System.Runtime.CompilerServices;
using Gatehouse.Abi;
using Gatehouse.Interop.Handles;
using Gatehouse.Kernel.Loading;
using Shouldly;

namespace Gatehouse.Kernel.Tests;

/// <summary>The kernel object of this build has the maps and programs that the agent counts on. Its file is read, nothing is loaded.</summary>
public sealed class KernelObjectTests : IDisposable
{
    private readonly BpfObject _object = EmbeddedObject.Gate.Open();

    [Fact]
    public void Every_table_of_a_generation_has_the_entries_that_are_written_into_it()
    {
        var shapes = TableSet.ShapesOf(_object).ToDictionary(
            static s => s.Key, static s => (s.Value.Type, s.Value.KeySize, s.Value.ValueSize), StringComparer.Ordinal);

        shapes.ShouldBe(
            new Dictionary<string, (BpfMapType, int, int)>(StringComparer.Ordinal)
            {
                ["gh_states"] = Array<State>(),
                ["gh_numbers"] = Array<Number>(),
                ["gh_values"] = Array<uint>(),
                ["gh_steps"] = Array<Step>(),
                ["gh_cells"] = Array<ulong>(),
                ["gh_rows"] = Array<Row>(),
                ["gh_verdicts"] = Array<ulong>(),
                ["gh_hashes"] = Hash<HashKey, uint>(),
                ["gh_bound"] = Hash<InodeKey, BoundName>(),
                ["gh_process_classes"] = Hash<Identity, uint>(),
                ["gh_image_classes"] = Hash<Identity, uint>(),
            },
            ignoreOrder: true);
    }

    [Fact]
    public void Maps_that_the_agent_opens_by_name_are_there_and_are_pinned()
    {
        string[] opened =
        [
            "gh_active", "gh_next", "gh_pass", "gh_generations", "gh_class_counts", "gh_config", "gh_lost", "gh_sequence",
            "gh_binding", "gh_seen", "gh_counts", "gh_events",
        ];

        opened.Except(ObjectLoader.MapsOf(_object).Keys, StringComparer.Ordinal).ShouldBeEmpty();
    }

    [Fact]
    public void The_program_that_labels_has_the_name_by_which_the_agent_runs_it() =>
        _object.ProgramNames.ShouldContain(static n => string.Equals(n, TableSet.LabelProgram, StringComparison.Ordinal));

    public void Dispose() => _object.Dispose();

    private static (BpfMapType, int, int) Array<TValue>() => (BpfMapType.Array, sizeof(uint), Unsafe.SizeOf<TValue>());

    private static (BpfMapType, int, int) Hash<TKey, TValue>() => (BpfMapType.Hash, Unsafe.SizeOf<TKey>(), Unsafe.SizeOf<TValue>());
}
