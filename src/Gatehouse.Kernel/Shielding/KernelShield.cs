using System.Runtime.InteropServices;
using System.Text;
using Gatehouse.Abi;
using Gatehouse.Interop;
using Gatehouse.Interop.Handles;
using Gatehouse.Interop.LibBpf;
using Gatehouse.Kernel.Loading;

namespace Gatehouse.Kernel.Shielding;

/// <summary>
/// The shield: keeps programs, files, mounts, devices, BPF objects and settings that enforcement rests on from everybody but the agent, root
/// included, from <see cref="Seal"/> until the next boot. Linux 5.15 with BPF LSM; what a kernel has no hook for is in docs/limitations.md.
/// </summary>
/// <remarks>Not thread safe, but for <see cref="Consume"/>, which one other thread may call.</remarks>
public sealed class KernelShield : IDisposable
{
    private readonly BpfVariable<Abi.Shield> _state;
    private readonly BpfMap[] _maps;
    private readonly BpfMap _refused;
    private readonly BpfMap _tampers;
    private readonly PathBinder _binder;
    private readonly GuardTable _guarded;
    private Action<TamperAttempt>? _handler;
    private BpfRing? _ring;

    private KernelShield(PinSet pins, bool tookOver)
    {
        TookOver = tookOver;
        _state = pins.OpenVariable<Abi.Shield>("gs_shield");
        var binding = pins.OpenMap("gs_binding");
        var seen = pins.OpenMap("gs_seen");
        var guarded = pins.OpenMap("gs_guarded");
        var filesystems = pins.OpenMap("gs_filesystems");
        var devices = pins.OpenMap("gs_devices");
        _refused = pins.OpenMap("gs_refused");
        _tampers = pins.OpenMap("gs_tampers");
        _maps = [binding, seen, guarded, filesystems, devices, _refused, _tampers];
        _binder = new PathBinder(binding, seen);
        _guarded = new GuardTable(guarded, filesystems, devices, _binder);
    }

    /// <summary>Whether the shield of an earlier agent was adopted.</summary>
    public bool TookOver { get; }

    /// <summary>Whether it refuses anything yet.</summary>
    public bool IsSealed
    {
        get
        {
            var value = 0u;
            _state.With((ref Abi.Shield state) => value = state.Sealed);
            return value != 0;
        }
    }

    /// <summary>Adopts what an earlier agent of the same version left pinned, or loads, attaches and pins.</summary>
    /// <param name="pinRoot">Folder on bpffs.</param>
    /// <exception cref="KernelGateException">
    /// <see cref="GateFailure.Unsupported"/>: the kernel refused the programs. <see cref="GateFailure.OperationFailed"/>: pins could not be
    /// made or opened; EPERM if it is sealed and this process is not known as the agent.
    /// </exception>
    public static KernelShield AttachOrTakeOver(string pinRoot = "/sys/fs/bpf/gatehouse-shield")
    {
        try
        {
            var pins = new PinSet(pinRoot, EmbeddedObject.Shield.Fingerprint);
            using var shield = ShieldLoader.Open();
            var tookOver = pins.IsWhole(shield.ProgramNames, ShieldLoader.MapsOf(shield).Keys);
            if (!tookOver)
                ShieldLoader.Attach(shield, pins);
            return new KernelShield(pins, tookOver);
        }
        catch (InteropException failure)
        {
            var why = string.IsNullOrWhiteSpace(failure.Log) ? "" : "\n" + LibBpfLog.Essence(failure.Log);
            throw new KernelGateException(GateFailure.Unsupported, "the shield: " + failure.Message + why, failure.Log, failure);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new KernelGateException(GateFailure.OperationFailed, $"the shield: {failure.Message}", null, failure);
        }
    }

    /// <summary>Guards a file, or a folder with all that is in it and will be.</summary>
    /// <exception cref="KernelGateException">It cannot be read, or there is no room for so much.</exception>
    public void Guard(string path) => Try(() => _guarded.Add(path), path);

    /// <summary>Guards the file that a guarded loop device keeps its blocks in; the kernel's own threads go on writing to it.</summary>
    /// <exception cref="KernelGateException">It cannot be read, or there is no room.</exception>
    public void GuardBacking(string path) => Try(() => _guarded.Add(path, Abi.Guard.Backing), path);

    /// <summary>Guards a block device.</summary>
    public void GuardDevice(uint major, uint minor) => Try(() => _guarded.AddDevice(major, minor), "a device");

    /// <summary>
    /// Names the program that may change what is guarded. A process is known as the agent from its next exec of it on, if nobody traces it
    /// and nothing in its environment brings foreign code into it.
    /// </summary>
    public void SetKeeper(string program) => Try(
        () =>
        {
            var key = _binder.Identify(program) is [var first, ..] ? first : throw new IOException("the file_open hook did not see the open");
            _state.With((ref Abi.Shield state) => state.Keeper = key);
        },
        program);

    /// <summary>From now on.</summary>
    public void Seal() => _state.With(static (ref Abi.Shield state) =>
    {
        state.AbiVersion = (uint)Abi.Abi.Version;
        state.HostMountNamespace = (uint)HostNamespace.MountInode;
        Volatile.Write(ref state.Sealed, 1);
    });

    /// <summary>No longer. Only for who holds this object since before the seal, or is the agent.</summary>
    public void Unseal() => _state.With(static (ref Abi.Shield state) => Volatile.Write(ref state.Sealed, 0));

    /// <summary>How often each deed was refused since boot.</summary>
    public IReadOnlyDictionary<TamperDeed, ulong> ReadRefused() => Enum.GetValues<TamperDeed>().Where(static d => d != TamperDeed.Unknown)
        .ToDictionary(static d => d, d => _refused.TryLookup((uint)d, out ulong count) ? count : 0);

    /// <summary>Hands over refusals that were not read yet, waiting for a first one.</summary>
    /// <returns>How many.</returns>
    public int Consume(Action<TamperAttempt> handler, TimeSpan timeout)
    {
        _handler = handler;
        _ring ??= new BpfRing(_tampers, Receive);
        return _ring.Poll((int)Math.Clamp(timeout.TotalMilliseconds, 0, int.MaxValue));
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _ring?.Dispose();
        _state.Dispose();
        foreach (var map in _maps)
            map.Dispose();
    }

    private void Receive(ReadOnlySpan<byte> record)
    {
        if (record.Length < Tamper.SizeInBytes)
            return;
        var tamper = MemoryMarshal.Read<Tamper>(record);
        var deed = (TamperDeed)tamper.Deed;
        ReadOnlySpan<byte> name = tamper.Command;
        var end = name.IndexOf((byte)0);
        _handler?.Invoke(new TamperAttempt(
            tamper.TimeNanoseconds,
            tamper.Pid,
            tamper.Uid,
            Encoding.UTF8.GetString(end < 0 ? name : name[..end]),
            Enum.IsDefined(deed) ? deed : TamperDeed.Unknown,
            tamper.Detail));
    }

    private static void Try(System.Action action, string what)
    {
        try
        {
            action();
        }
        catch (Exception failure) when (failure is InteropException or IOException or UnauthorizedAccessException)
        {
            throw new KernelGateException(GateFailure.OperationFailed, $"the shield, {what}: {failure.Message}", null, failure);
        }
    }
}
