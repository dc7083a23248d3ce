using System.Runtime.CompilerServices;
using Gatehouse.Abi;
using Gatehouse.Interop.Handles;
using Gatehouse.Kernel.Loading;
using Gatehouse.Kernel.Shielding;
using Shouldly;

namespace Gatehouse.Kernel.Tests;

/// <summary>The shield of this build has the maps and programs that the agent counts on. Its file is read, nothing is loaded.</summary>
public sealed class ShieldObjectTests : IDisposable
{
    private readonly BpfObject _object = EmbeddedObject.Shield.Open();

    [Fact]
    public void Maps_that_are_opened_by_name_are_there_and_are_pinned()
    {
        string[] opened = ["gs_shield", "gs_binding", "gs_seen", "gs_guarded", "gs_filesystems", "gs_devices", "gs_refused", "gs_tampers"];

        opened.Except(ShieldLoader.MapsOf(_object).Keys, StringComparer.Ordinal).ShouldBeEmpty();
    }

    /// <summary>The shield refuses descriptors of what is called so; something of ours by another name would be anybody's.</summary>
    [Fact]
    public void Programs_of_both_objects_have_names_that_the_shield_knows_as_ours()
    {
        using var gate = EmbeddedObject.Gate.Open();
        gate.ProgramNames.ShouldAllBe(static n => n.StartsWith("gh_", StringComparison.Ordinal));
        _object.ProgramNames.ShouldAllBe(static n => n.StartsWith("gs_", StringComparison.Ordinal));
        foreach (var name in gate.MapNames.Concat(_object.MapNames))
            s_ours.ShouldContain(p => name.StartsWith(p, StringComparison.Ordinal), name);
    }

    /// <summary>As in bpf/shield/objects.c; besides constants, which libbpf freezes, so that nobody can write to them.</summary>
    private static readonly string[] s_ours = ["gh_", "gs_", ".data.gh_", ".data.gs_", "gateho", "shield", ".rodata"];

    /// <summary>What is cast from one to the other.</summary>
    [Fact]
    public void Deeds_have_the_same_numbers_in_the_kernel_and_in_the_interface()
    {
        Enum.GetValues<TamperDeed>().Length.ShouldBe((int)Deed.Count);
        ((int)TamperDeed.Write, (int)TamperDeed.Setting).ShouldBe(((int)Deed.Write, (int)Deed.Setting));
        Unsafe.SizeOf<Abi.Shield>().ShouldBe(Abi.Shield.SizeInBytes);
        Unsafe.SizeOf<Tamper>().ShouldBe(Tamper.SizeInBytes);
    }

    public void Dispose() => _object.Dispose();
}
