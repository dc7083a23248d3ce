using System.Runtime.InteropServices;
using System.Text;
using Gatehouse.Abi;
using Gatehouse.Interop;
using Gatehouse.Interop.Handles;
using Gatehouse.Interop.LibBpf;
using Gatehouse.Interop.Linux;
using Gatehouse.Kernel.Loading;

namespace Gatehouse.Kernel.Shielding;

/// <summary>
/// The shield: keeps programs, files, mounts, devices, BPF objects and settings that enforcement rests on from everybody but the agent, root
/// included, from <see cref="Seal"/> until the next boot. Linux 5.15 with BPF LSM; what a kernel has no hook for is in docs/limitations.md.
/// </summary>
/// <remarks>Thread safe, but for <see cref="Consume"/>, which one thread at a time may call.</remarks>
public sealed class KernelShield : IKernelShield
{
    /// <summary>Where the shield is pinned.</summary>
    public const string DefaultPinRoot = "/sys/fs/bpf/gatehouse-shield";

    /// <summary>Bytes of what <see cref="Seal"/> keeps.</summary>
    public const int OptionsLength = 32;

    /// <summary>The agent has no business there, so that it can prove the refusal on itself.</summary>
    private const string CanarySetting = "/proc/sys/kernel/ftrace_enabled";

    private readonly BpfVariable<Abi.Shield> _state;
    private readonly BpfMap[] _maps;
    private readonly BpfMap _refused;
    private readonly BpfMap _tampers;
    private readonly PathBinder _binder;
    private readonly GuardTable _guarded;
    private readonly GroupTable _groups;
    private readonly EarlierHolds _holds;
    private readonly PinSet _pins;
    private readonly Lock _changing = new();
    private Action<TamperAttempt>? _handler;
    private BpfRing? _ring;

    private KernelShield(PinSet pins, bool tookOver)
    {
        TookOver = tookOver;
        _state = pins.OpenVariable<Abi.Shield>("gs_shield");
        var binding = pins.OpenMap("gs_binding");
        var seen = pins.OpenMap("gs_seen");
        var guarded = pins.OpenMap("gs_guarded");
        var programs = pins.OpenMap("gs_programs");
        var groups = pins.OpenMap("gs_groups");
        var filesystems = pins.OpenMap("gs_filesystems");
        var devices = pins.OpenMap("gs_devices");
        _refused = pins.OpenMap("gs_refused");
        _tampers = pins.OpenMap("gs_tampers");
        _maps = [binding, seen, guarded, programs, groups, filesystems, devices, _refused, _tampers];
        _binder = new PathBinder(binding, seen);
        _guarded = new GuardTable(guarded, programs, filesystems, devices, _binder);
        _groups = new GroupTable(guarded, programs, groups, filesystems, _binder);
        _holds = new EarlierHolds(guarded, filesystems, _binder);
        _pins = pins;
    }

    /// <inheritdoc />
    public bool TookOver { get; }

    /// <inheritdoc />
    public bool IsSealed => Read(static (ref Abi.Shield state) => state.Sealed) != 0;

    /// <inheritdoc />
    public uint Keeper => Read(static (ref Abi.Shield state) => state.Keeper);

    /// <inheritdoc />
    public IReadOnlyList<byte> Options
    {
        get
        {
            byte[] options = [];
            _state.With((ref Abi.Shield state) => options = ((ReadOnlySpan<byte>)state.Options).ToArray());
            return options;
        }
    }

    /// <summary>Adopts what an earlier agent of the same version left pinned, or loads, attaches and pins.</summary>
    /// <param name="pinRoot">Folder on bpffs.</param>
    /// <exception cref="KernelGateException">
    /// <see cref="GateFailure.Unsupported"/>: the kernel refused the programs. <see cref="GateFailure.OperationFailed"/>: pins could not be
    /// made or opened. <see cref="GateFailure.Sealed"/>: it is sealed, and this process is not known as the agent.
    /// </exception>
    public static KernelShield AttachOrTakeOver(string pinRoot = DefaultPinRoot)
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
        catch (InteropException failure) when (failure.ErrorNumber == Errno.NotPermitted && Directory.Exists(pinRoot))
        {
            throw new KernelGateException(
                GateFailure.Sealed,
                "the host is sealed, and this process is not known as the agent: it is another program than the one that sealed it, is traced or "
                + "filtered (seccomp), has foreign variables in its environment, is not root's, or runs in other namespaces or another root directory than the host",
                null,
                failure);
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

    /// <summary>Whether this host is sealed, by any version. Who may not look is told that it is.</summary>
    /// <exception cref="KernelGateException">It cannot be found out.</exception>
    public static bool IsHostSealed(string pinRoot = DefaultPinRoot)
    {
        try
        {
            if (!Directory.Exists(pinRoot))
                return false;
            foreach (var folder in Directory.EnumerateDirectories(pinRoot))
            {
                var pin = Path.Combine(folder, "maps", "gs_shield");
                if (!File.Exists(pin))
                    continue;
                using var state = new BpfVariable<Abi.Shield>(pin);
                var value = 0u;
                state.With((ref Abi.Shield shield) => value = shield.Sealed);
                if (value != 0)
                    return true;
            }
            return false;
        }
        catch (InteropException failure) when (failure.ErrorNumber == Errno.NotPermitted)
        {
            return true;
        }
        catch (Exception failure) when (failure is InteropException or IOException or UnauthorizedAccessException)
        {
            throw new KernelGateException(GateFailure.OperationFailed, $"whether the host is sealed: {failure.Message}", null, failure);
        }
    }

    /// <inheritdoc />
    public void Clear() => Try(_guarded.Clear, "what is guarded");

    /// <inheritdoc />
    public void Guard(string path) => Try(() => _guarded.Add(path), path);

    /// <inheritdoc />
    public void GuardContent(string path) => Try(() => _guarded.AddContent(path), path);

    /// <inheritdoc />
    public void GuardBacking(string path) => Try(() => _guarded.Add(path, Abi.Guard.Backing), path);

    /// <inheritdoc />
    public void GuardDevice(uint major, uint minor) => Try(() => _guarded.AddDevice(major, minor), "a device");

    /// <inheritdoc />
    public void Protect(IReadOnlyList<ShieldGroup> groups) => Try(() => _groups.Set(groups), "what clients protect");

    /// <inheritdoc />
    public IReadOnlyList<string> FindEarlierHolds()
    {
        IReadOnlyList<string> found = [];
        Try(() => found = _holds.Find(), "who else holds something");
        return found;
    }

    /// <inheritdoc />
    public void SetKeeper(string program)
    {
        Try(() => _guarded.AddKeeper(program), program);
        _state.With(static (ref Abi.Shield state) => state.HostMountNamespace = (uint)HostNamespace.MountInode);
    }

    /// <inheritdoc />
    public void Seal(ReadOnlySpan<byte> options)
    {
        var digest = new byte[OptionsLength];
        options.CopyTo(digest);
        _state.With((ref Abi.Shield state) =>
        {
            state.AbiVersion = (uint)Abi.Abi.Version;
            state.HostMountNamespace = (uint)HostNamespace.MountInode;
            digest.CopyTo((Span<byte>)state.Options);
            Volatile.Write(ref state.Sealed, 1);
        });

        // Of an earlier version; from here on this one refuses. What stays only refuses more.
        _ = _pins.TryRemoveOthers();
    }

    /// <inheritdoc />
    public void Unseal() => _state.With(static (ref Abi.Shield state) => Volatile.Write(ref state.Sealed, 0));

    /// <inheritdoc />
    public IReadOnlyList<CanaryResult> Prove()
    {
        var before = Refused(TamperDeed.Setting);
        var refused = FileProbe.TouchForWriting(CanarySetting);
        var counted = Refused(TamperDeed.Setting) - before;
        int opened;
        try
        {
            using var again = _pins.OpenMap("gs_guarded");
            opened = 0;
        }
        catch (InteropException failure)
        {
            opened = failure.ErrorNumber;
        }
        return
        [
            new CanaryResult(
                "shield: file_open of a setting",
                refused == Errno.NotPermitted && counted > 0,
                $"canary: {(refused == 0 ? "opened" : Errno.Describe(refused))}, counted by the hook: {counted}"),
            new CanaryResult(
                "shield: the agent is known",
                opened == 0,
                opened == 0 ? "it was given its own map" : $"its own map: {Errno.Describe(opened)}"),
        ];
    }

    /// <inheritdoc />
    public IReadOnlyDictionary<TamperDeed, ulong> ReadRefused() =>
        Enum.GetValues<TamperDeed>().Where(static d => d != TamperDeed.Unknown).ToDictionary(static d => d, Refused);

    /// <inheritdoc />
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
        _guarded.Dispose();
        _groups.Dispose();
        _state.Dispose();
        foreach (var map in _maps)
            map.Dispose();
    }

    private delegate uint Field(ref Abi.Shield state);

    private uint Read(Field field)
    {
        var value = 0u;
        _state.With((ref Abi.Shield state) => value = field(ref state));
        return value;
    }

    private ulong Refused(TamperDeed deed) => _refused.TryLookup((uint)deed, out ulong count) ? count : 0;

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
            tamper.Detail,
            _groups.NamesOf(tamper.Groups)));
    }

    private void Try(System.Action action, string what)
    {
        try
        {
            lock (_changing)
                action();
        }
        catch (Exception failure) when (failure is InteropException or IOException or UnauthorizedAccessException)
        {
            throw new KernelGateException(GateFailure.OperationFailed, $"the shield, {what}: {failure.Message}", null, failure);
        }
    }
}
