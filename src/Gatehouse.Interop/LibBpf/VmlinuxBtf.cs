namespace Gatehouse.Interop.LibBpf;

/// <summary>The type information of the running kernel. Disposing frees it.</summary>
public sealed unsafe class VmlinuxBtf : IDisposable
{
    private const uint KindFunction = 12;
    private nint _btf;

    /// <summary>Loads it.</summary>
    /// <exception cref="InteropException">The kernel has no BTF.</exception>
    public VmlinuxBtf() => _btf = LibBpfRuntime.Check(LibBpf.btf__load_vmlinux_btf(), "btf__load_vmlinux_btf");

    /// <summary>How many parameters a kernel function has, or null if there is none of that name.</summary>
    public int? ParameterCount(string function)
    {
        ObjectDisposedException.ThrowIf(_btf == 0, this);
        var id = LibBpf.btf__find_by_name_kind(_btf, function, KindFunction);
        if (id <= 0)
            return null;
        var declaration = LibBpf.btf__type_by_id(_btf, (uint)id);
        var prototype = declaration is null ? null : LibBpf.btf__type_by_id(_btf, declaration->SizeOrType);
        return prototype is null ? null : (int)(prototype->Info & 0xffff);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (_btf != 0)
            LibBpf.btf__free(_btf);
        _btf = 0;
    }
}
