using System.Runtime.InteropServices;
using System.Text;
using Gatehouse.Interop.LibBpf;
using Gatehouse.Interop.Linux;
using Microsoft.Win32.SafeHandles;

namespace Gatehouse.Interop.Handles;

/// <summary>
/// A kernel object that is being brought into the kernel. Disposing closes it; what was pinned stays, what was only
/// attached is detached. Not thread safe.
/// </summary>
public sealed unsafe class BpfObject : IDisposable
{
    private nint _handle;
    private readonly List<(string Program, nint Link)> _links = [];

    private BpfObject(nint handle) => _handle = handle;

    /// <summary>Reads an object file from memory.</summary>
    /// <param name="image">The file.</param>
    /// <param name="name">What the kernel's names of maps of global data begin with; without it libbpf takes an address.</param>
    /// <exception cref="InteropException">It is not a BPF object that this libbpf understands.</exception>
    public static BpfObject Open(ReadOnlySpan<byte> image, string name)
    {
        LibBpfLog.Begin();
        nint handle;
        fixed (byte* bytes = image)
        fixed (byte* text = Encoding.UTF8.GetBytes(name + '\0'))
        {
            var options = new LibBpf.LibBpf.OpenOptions { Size = (nuint)sizeof(LibBpf.LibBpf.OpenOptions), ObjectName = text };
            handle = LibBpf.LibBpf.bpf_object__open_mem(bytes, (nuint)image.Length, &options);
        }
        var error = Marshal.GetLastPInvokeError();
        var log = LibBpfLog.End();
        return handle != 0 ? new BpfObject(handle) : throw new InteropException("bpf_object__open_mem", error, log);
    }

    /// <summary>Names of the programs that will be or were loaded.</summary>
    public IReadOnlyList<string> ProgramNames => Programs().Where(static p => LibBpf.LibBpf.bpf_program__autoload(p))
        .Select(NameOfProgram).ToList();

    /// <summary>Names of the maps, libbpf's own for global data included.</summary>
    public IReadOnlyList<string> MapNames => Maps().Select(NameOfMap).ToList();

    /// <summary>Leaves a program out of the load.</summary>
    public void Exclude(string program) =>
        LibBpfRuntime.Check(LibBpf.LibBpf.bpf_program__set_autoload(Program(program), false), $"bpf_program__set_autoload({program})");

    /// <summary>How many entries a map holds at most.</summary>
    public uint Entries(string map) => LibBpf.LibBpf.bpf_map__max_entries(Map(map));

    /// <summary>Sets a map's size before the load.</summary>
    public void Resize(string map, uint entries) =>
        LibBpfRuntime.Check(LibBpf.LibBpf.bpf_map__set_max_entries(Map(map), entries), $"bpf_map__set_max_entries({map})");

    /// <summary>Creates the maps and loads the programs.</summary>
    /// <exception cref="InteropException">The kernel refused; <see cref="InteropException.Log"/> has the verifier's log.</exception>
    public void Load()
    {
        LibBpfLog.Begin();
        var result = LibBpf.LibBpf.bpf_object__load(_handle);
        var log = LibBpfLog.End();
        LibBpfRuntime.Check(result, "bpf_object__load", log);
    }

    /// <summary>Pins a map.</summary>
    public void PinMap(string map, string path) =>
        LibBpfRuntime.Check(LibBpf.LibBpf.bpf_map__pin(Map(map), path), $"bpf_map__pin({map}, {path})");

    /// <summary>
    /// What the inner maps of a map of maps look like, as the object declares it. Only before <see cref="Load"/>.
    /// </summary>
    public BpfMapShape InnerShape(string map)
    {
        var inner = LibBpfRuntime.Check(LibBpf.LibBpf.bpf_map__inner_map(Map(map)), $"bpf_map__inner_map({map})");
        return new BpfMapShape(
            (BpfMapType)LibBpf.LibBpf.bpf_map__type(inner),
            (int)LibBpf.LibBpf.bpf_map__key_size(inner),
            (int)LibBpf.LibBpf.bpf_map__value_size(inner),
            (int)LibBpf.LibBpf.bpf_map__max_entries(inner),
            LibBpf.LibBpf.bpf_map__map_flags(inner));
    }

    /// <summary>
    /// Attaches a program where its section says, and pins the link, so that it outlives this process. A program that
    /// iterates runs each time somebody reads an iterator of its link, see <see cref="BpfIterator"/>.
    /// </summary>
    public void AttachAndPin(string program, string path)
    {
        var link = LibBpfRuntime.Check(LibBpf.LibBpf.bpf_program__attach(Program(program)), $"bpf_program__attach({program})");
        _links.Add((program, link));
        LibBpfRuntime.Check(LibBpf.LibBpf.bpf_link__pin(link, path), $"bpf_link__pin({program}, {path})");
    }

    /// <summary>Attaches a program to a control group, given by its folder, and pins the link.</summary>
    /// <exception cref="InteropException">ENOENT: there is no such folder; EBADF: it is none of cgroup2.</exception>
    public void AttachToGroupAndPin(string program, string group, string path)
    {
        var descriptor = LibC.open(group, LibC.OpenReadOnly | LibC.OpenCloseOnExec);
        if (descriptor < 0)
            throw new InteropException($"open({group})", Marshal.GetLastPInvokeError());
        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        var link = LibBpfRuntime.Check(
            LibBpf.LibBpf.bpf_program__attach_cgroup(Program(program), descriptor), $"bpf_program__attach_cgroup({program}, {group})");
        _links.Add((program, link));
        LibBpfRuntime.Check(LibBpf.LibBpf.bpf_link__pin(link, path), $"bpf_link__pin({program}, {path})");
    }

    /// <inheritdoc />
    public void Dispose()
    {
        // Destroying a pinned link only closes its descriptor.
        foreach (var (_, link) in _links)
            _ = LibBpf.LibBpf.bpf_link__destroy(link);
        _links.Clear();
        if (_handle != 0)
            LibBpf.LibBpf.bpf_object__close(_handle);
        _handle = 0;
    }

    private List<nint> Programs()
    {
        var programs = new List<nint>();
        for (var p = LibBpf.LibBpf.bpf_object__next_program(_handle, 0); p != 0; p = LibBpf.LibBpf.bpf_object__next_program(_handle, p))
            programs.Add(p);
        return programs;
    }

    private List<nint> Maps()
    {
        var maps = new List<nint>();
        for (var m = LibBpf.LibBpf.bpf_object__next_map(_handle, 0); m != 0; m = LibBpf.LibBpf.bpf_object__next_map(_handle, m))
            maps.Add(m);
        return maps;
    }

    private static string NameOfProgram(nint program) => Marshal.PtrToStringUTF8(LibBpf.LibBpf.bpf_program__name(program)) ?? "";

    private static string NameOfMap(nint map) => Marshal.PtrToStringUTF8(LibBpf.LibBpf.bpf_map__name(map)) ?? "";

    private nint Program(string name) => Programs().Find(p => string.Equals(NameOfProgram(p), name, StringComparison.Ordinal)) is var p and not 0
        ? p
        : throw new ArgumentException($"the object has no program {name}", nameof(name));

    private nint Map(string name) => Maps().Find(m => string.Equals(NameOfMap(m), name, StringComparison.Ordinal)) is var m and not 0
        ? m
        : throw new ArgumentException($"the object has no map {name}", nameof(name));
}
