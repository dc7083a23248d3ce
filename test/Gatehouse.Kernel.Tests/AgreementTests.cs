using Gatehouse.Abi;
using Gatehouse.Policy;
using Shouldly;

namespace Gatehouse.Kernel.Tests;

/// <summary>Numbers that the policy compiler and the kernel side write down each for itself.</summary>
public sealed class AgreementTests
{
    [Fact]
    public void Operations_have_the_kernel_sides_numbers()
    {
        foreach (var operation in Enum.GetValues<GateOperation>())
            ((uint)Enum.Parse<Operation>(operation.ToString())).ShouldBe((uint)operation);
        Enum.GetValues<GateOperation>().Length.ShouldBe((int)Operation.Count);
    }

    [Fact]
    public void Needs_have_the_kernel_sides_bits()
    {
        foreach (var need in Enum.GetValues<OperationNeeds>().Where(static n => n != OperationNeeds.None))
            ((uint)Enum.Parse<OperationNeed>("Needs" + need)).ShouldBe((uint)need);
        foreach (var need in Enum.GetValues<LabelNeeds>().Where(static n => n != LabelNeeds.None))
            ((uint)Enum.Parse<LabelNeed>(need.ToString())).ShouldBe((uint)need);
        foreach (var table in Enum.GetValues<Policy.NumberTable>())
            ((uint)Enum.Parse<Abi.NumberTable>("Numbers" + table)).ShouldBe((uint)table);
    }

    [Theory]
    [InlineData("open.right", typeof(Right))]
    [InlineData("credentials.change", typeof(Change))]
    [InlineData("image.kind", typeof(Abi.ImageKind))]
    [InlineData("create.namespaces", typeof(NamespaceFlag))]
    [InlineData("create.flags", typeof(CreationFlag))]
    public void Words_have_the_kernel_sides_numbers(string field, Type numbers)
    {
        var words = FieldCatalog.Find(field)!.Words;
        var expected = Enum.GetNames(numbers).Where(static n => n is not ("None" or "Count"));

        words.Select(static w => (w.Word.Replace("-", "", StringComparison.Ordinal), (uint)w.Value)).ShouldBe(
            expected.Select(n => (n.ToLowerInvariant(), (uint)Enum.Parse(numbers, n))), ignoreOrder: true);
    }

    [Theory]
    [InlineData("process.kernelThread", (uint)ProcessFlag.KernelThread)]
    [InlineData("target.container", (uint)ProcessFlag.Container)]
    [InlineData("open.child", (uint)OperationFlag.Child)]
    [InlineData("exec.setuidGain", (uint)OperationFlag.SetuidGain)]
    [InlineData("create.ioWorker", (uint)OperationFlag.IoWorker)]
    [InlineData("image.memfd", (uint)ImageFlag.Memfd)]
    [InlineData("image.overlay", (uint)ImageFlag.Overlay)]
    [InlineData("image.unlinked", (uint)ImageFlag.Unlinked)]
    [InlineData("image.writers", (uint)ImageFlag.Writers)]
    [InlineData("image.setuid", (uint)ImageFlag.Setuid)]
    [InlineData("image.setgid", (uint)ImageFlag.Setgid)]
    [InlineData("image.overlayUpper", (uint)ImageFlag.OverlayUpper)]
    [InlineData("image.groupWritable", (uint)ImageFlag.GroupWritable)]
    [InlineData("image.worldWritable", (uint)ImageFlag.WorldWritable)]
    [InlineData("image.fromMemory", (uint)ImageFlag.FromMemory)]
    [InlineData("memory.shared", (uint)MemoryBit.Shared)]
    [InlineData("memory.written", (uint)MemoryBit.Written)]
    [InlineData("memory.stack", (uint)MemoryBit.Stack)]
    [InlineData("memory.heap", (uint)MemoryBit.Heap)]
    [InlineData("memory.readImpliesExecute", (uint)MemoryBit.ReadImpliesExecute)]
    public void Flags_have_the_kernel_sides_bits(string field, uint bit) =>
        FieldCatalog.Find(field)!.Words.ShouldHaveSingleItem().Value.ShouldBe(bit);

    [Theory]
    [InlineData("memory.requested", (uint)MemoryBit.Requested)]
    [InlineData("memory.protection", (uint)MemoryBit.Protection)]
    [InlineData("memory.before", (uint)MemoryBit.Before)]
    public void Protections_of_memory_begin_at_the_kernel_sides_bits(string field, uint first) =>
        FieldCatalog.Find(field)!.Words.ShouldBe([("read", first), ("write", first * 2ul), ("execute", first * 4ul)]);

    [Fact]
    public void What_is_behind_memory_has_the_kernel_sides_numbers()
    {
        var backing = FieldCatalog.Find("memory.backing")!;

        backing.Index.ShouldBe((int)OperationSource.Backing);
        backing.Words.ShouldBe(
        [
            ("anonymous", (ulong)Backing.Anonymous), ("shared-memory", (ulong)Backing.Shared), ("file", (ulong)Backing.File),
            ("memfd", (ulong)Backing.Memfd), ("device", (ulong)Backing.Device),
        ]);
    }

    [Fact]
    public void Trust_and_mount_flags_have_the_kernel_sides_numbers()
    {
        FieldCatalog.Find("image.trust")!.Words.Select(static w => (w.Word, (uint)w.Value))
            .ShouldBe(Enum.GetValues<Trust>().Select(static t => (t.ToString().ToLowerInvariant(), (uint)t)));
        FieldCatalog.Find("image.mountFlags")!.Words
            .Select(static w => ("Mount" + w.Word.Replace("-", "", StringComparison.Ordinal), (uint)w.Value))
            .ShouldBe(
                Enum.GetValues<ImageFlag>().Where(static f => f >= ImageFlag.MountReadOnly)
                    .Select(static f => ("Mount" + f.ToString()["Mount".Length..].ToLowerInvariant(), (uint)f)));
    }

    [Theory]
    [InlineData("process.executable", (int)ProcessSource.Names)]
    [InlineData("process.file", (int)ProcessSource.File)]
    [InlineData("target.sha256", (int)ProcessSource.Sha256)]
    [InlineData("process.uid", (int)ProcessSource.Uid)]
    [InlineData("process.effectiveUid", (int)ProcessSource.EffectiveUid)]
    [InlineData("process.gid", (int)ProcessSource.Gid)]
    [InlineData("process.effectiveGid", (int)ProcessSource.EffectiveGid)]
    [InlineData("process.loginUid", (int)ProcessSource.LoginUid)]
    [InlineData("process.capabilities", (int)ProcessMask.MaskCapabilities)]
    [InlineData("image.path", (int)ImageSource.Names)]
    [InlineData("image.file", (int)ImageSource.File)]
    [InlineData("image.sha256", (int)ImageSource.Sha256)]
    [InlineData("image.ownerUid", (int)ImageSource.OwnerUid)]
    [InlineData("image.ownerGid", (int)ImageSource.OwnerGid)]
    [InlineData("image.size", (int)ImageSource.Size)]
    [InlineData("image.fileSystem", (int)ImageSource.FileSystem)]
    [InlineData("image.kind", (int)ImageSource.Kind)]
    [InlineData("image.trust", (int)ImageMask.MaskTrust)]
    [InlineData("image.verityDigest", (int)ImageMask.MaskVerity)]
    [InlineData("image.mountFlags", (int)ImageMask.MaskFlags)]
    [InlineData("image.programType", (int)OperationSource.ProgramType)]
    [InlineData("open.right", (int)OperationSource.Right)]
    [InlineData("open.signal", (int)OperationSource.Signal)]
    [InlineData("credentials.change", (int)OperationSource.Change)]
    [InlineData("credentials.newUid", (int)OperationSource.NewUid)]
    [InlineData("credentials.newGid", (int)OperationSource.NewGid)]
    [InlineData("exit.status", (int)OperationSource.ExitStatus)]
    [InlineData("exit.signal", (int)OperationSource.ExitSignal)]
    [InlineData("create.namespaces", (int)OperationMask.MaskBits)]
    [InlineData("create.flags", (int)OperationMask.MaskBits)]
    [InlineData("credentials.gained", (int)OperationMask.MaskBits)]
    [InlineData("exec.arguments", (int)OperationMask.MaskArguments)]
    [InlineData("exec.environment", (int)OperationMask.MaskEnvironment)]
    public void Fields_stand_where_the_kernel_side_puts_the_fact(string field, int index) =>
        FieldCatalog.Find(field)!.Index.ShouldBe(index);
}
