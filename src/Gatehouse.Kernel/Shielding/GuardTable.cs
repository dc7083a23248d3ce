using Gatehouse.Interop.Handles;
using Gatehouse.Kernel.Loading;

namespace Gatehouse.Kernel.Shielding;

/// <summary>Writes down what the agent is made of, and which file systems and devices hold it.</summary>
internal sealed class GuardTable : IDisposable
{
    /// <summary>Where the bits of the agent stand in a word of what is guarded.</summary>
    public const ulong AgentsBits = (1ul << (int)Abi.Guarded.Clients) - 1;

    private const string LoadersFolder = "/etc";
    private const string Preload = LoadersFolder + "/ld.so.preload";

    private readonly BpfMap _guarded;
    private readonly BpfMap _programs;
    private readonly BpfMap _filesystems;
    private readonly BpfMap _devices;
    private readonly GuardWalk _walk;

    public GuardTable(BpfMap guarded, BpfMap programs, BpfMap filesystems, BpfMap devices, PathBinder binder)
    {
        _guarded = guarded;
        _programs = programs;
        _filesystems = filesystems;
        _devices = devices;
        _walk = new GuardWalk(binder, Mark);
    }

    /// <inheritdoc />
    public void Dispose() => _walk.Dispose();

    /// <summary>Forgets all, also what clients protect.</summary>
    public void Clear()
    {
        _ = _guarded.TakeKeys<Abi.InodeKey>();
        _ = _programs.TakeKeys<Abi.InodeKey>();
        _ = _filesystems.TakeKeys<uint>();
        _ = _devices.TakeKeys<uint>();
    }

    /// <summary>A file, or a whole folder.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public void Add(string path, Abi.Guard also = Abi.Guard.Entry) => _walk.Add(path, also);

    /// <summary>The content and attributes of one file, whatever becomes of its name.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public void AddContent(string path) => _walk.AddContent(path);

    /// <summary>
    /// The agent's program, whose processes may change what is guarded; the root directory in which it must be started; and the list of what the
    /// loader brings into every program, which nobody makes from now on.
    /// </summary>
    /// <exception cref="IOException">One of them cannot be read.</exception>
    public void AddKeeper(string program)
    {
        _walk.Mark(program, Abi.Guard.Entry, program, mustBeSeen: true);
        foreach (var key in _walk.Identify(program))
        {
            var before = _programs.TryLookup(key, out ulong groups) ? groups : 0;
            _programs.Update(key, before | (ulong)Abi.ProgramOf.Agent);
        }
        _walk.Mark("/", Abi.Guard.Root, "/");
        _walk.Mark(LoadersFolder, Abi.Guard.Loader, LoadersFolder);
        if (File.Exists(Preload))
            _walk.Add(Preload);
    }

    /// <summary>A block device, by its number as the kernel packs it.</summary>
    public void AddDevice(uint major, uint minor) => _devices.Update((major << 20) | minor, 1u);

    private void Mark(Abi.InodeKey key, Abi.Guard how)
    {
        var before = _guarded.TryLookup(key, out ulong bits) ? bits : 0;
        _guarded.Update(key, before | (ulong)how);
        _filesystems.Update((uint)key.Device, 1u);
    }
}
