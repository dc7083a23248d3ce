using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Gatehouse.Abi;

namespace Gatehouse.Kernel.Events;

/// <summary>Turns a record of the event ring into a <see cref="GateDecision"/>.</summary>
internal static class DecisionReader
{
    private const uint Unset = uint.MaxValue;

    /// <exception cref="InvalidDataException">Another version, another kind, or a size that contradicts itself.</exception>
    public static GateDecision Read(ReadOnlySpan<byte> record)
    {
        if (record.Length < DecisionEvent.SizeInBytes)
            throw new InvalidDataException(Text($"event of {record.Length} bytes; a decision has at least {DecisionEvent.SizeInBytes}"));
        var source = MemoryMarshal.Read<DecisionEvent>(record);
        if (source.Header.Version != (ushort)Abi.Abi.Version)
            throw new InvalidDataException(Text($"event of version {source.Header.Version}; this agent reads version {(uint)Abi.Abi.Version}"));
        if (source.Header.Kind != (ushort)EventKind.Decision || source.Header.Size > record.Length)
            throw new InvalidDataException(Text($"event of kind {source.Header.Kind} and size {source.Header.Size} in {record.Length} bytes"));

        var text = record[DecisionEvent.SizeInBytes..];
        var operation = (Operation)source.Operation;
        return new GateDecision
        {
            Sequence = source.Header.Sequence,
            ClassSequence = source.Header.ClassSequence,
            SinceBoot = FromNanoseconds(source.Header.BootNanoseconds),
            Operation = Words.Of(operation),
            Hook = Words.Of((Hook)source.Hook),
            Denied = source.Verdict.Denied != 0,
            Killed = source.Verdict.Killed != 0,
            Reason = Words.Of((Reason)source.Verdict.Reason),
            Rule = RuleOf(source.Verdict.Rule),
            AuditedRule = RuleOf(source.Verdict.AuditedRule),
            Generation = source.Verdict.Generation,
            Process = ReadProcess(source, text),
            // What is no file has no inode, but a kind.
            Image = source.Image.Inode.Inode == 0 && source.Image.Kind < (uint)ImageKind.Module ? null : ReadImage(source, text),
            Target = source.Target.Pid == 0 ? null : ReadTarget(source, text),
            Request = RequestReader.Read(operation, source.Request),
            Truncated = Names((Truncated)source.Truncated),
        };
    }

    private static GateProcess ReadProcess(in DecisionEvent source, ReadOnlySpan<byte> text)
    {
        ref readonly var process = ref source.Process;
        var ancestors = new List<GateAncestor>();
        for (var i = 0; i < Math.Min((int)process.AncestorCount, (int)EventLimit.Ancestors); i++)
        {
            var ancestor = process.Ancestors[i];
            ancestors.Add(new GateAncestor((int)ancestor.Pid, FromNanoseconds(ancestor.StartNanoseconds), Terminated(ancestor.Command)));
        }
        return new GateProcess
        {
            Pid = (int)process.Pid,
            Tid = (int)process.Tid,
            StartTime = FromNanoseconds(process.StartNanoseconds),
            Ancestors = ancestors,
            Uid = process.Uid,
            EffectiveUid = process.EffectiveUid,
            Gid = process.Gid,
            EffectiveGid = process.EffectiveGid,
            LoginUid = process.LoginUid == Unset ? null : process.LoginUid,
            SessionId = process.Session == Unset ? null : process.Session,
            EffectiveCapabilities = process.EffectiveCapabilities,
            CgroupId = process.Cgroup,
            MountNamespace = process.MountNamespace,
            PidNamespace = process.PidNamespace,
            UserNamespace = process.UserNamespace,
            Command = Terminated(process.Command),
            Executable = TextOf(source.Executable, text),
            Arguments = ArgumentsOf(source.Arguments, text),
            WorkingDirectory = TextOf(source.Directory, text),
        };
    }

    private static GateImage ReadImage(in DecisionEvent source, ReadOnlySpan<byte> text)
    {
        ref readonly var image = ref source.Image;
        var state = (HashState)image.HashState;
        return new GateImage
        {
            Kind = Words.OfKind(image.Kind),
            Path = TextOf(source.Path, text),
            Inode = new InodeIdentity(image.Inode.Device, image.Inode.Inode, image.Inode.Generation),
            Size = image.Size,
            Mode = image.Mode,
            OwnerUid = image.Uid,
            OwnerGid = image.Gid,
            LinkCount = image.Links,
            FileSystemMagic = image.Magic,
            Flags = Words.OfImageFlags(image.Flags),
            MountFlags = Words.OfMountFlags(image.Flags),
            VerityDigest = image.HasVerity != 0 ? Convert.ToHexStringLower(image.Verity) : null,
            Trust = image.TrustClass >= (uint)TrustClass.None ? Words.OfTrust(image.TrustClass - (uint)TrustClass.None) : null,
            TrustState = (TrustClass)image.TrustClass switch
            {
                TrustClass.NotAsked => "not-needed",
                TrustClass.Unknown => "unknown",
                TrustClass.Volatile => "volatile",
                _ => "known",
            },
            AllowedBy = SlotsOf(image.Answers),
            RefusedBy = SlotsOf(image.Answers >> (int)Limit.AskedClients),
            ProgramType = (ImageKind)image.Kind == ImageKind.BpfProgram ? Words.OfProgramType(image.ProgramType) : null,
            Sha256 = state == HashState.Known ? Convert.ToHexStringLower(image.Sha256) : null,
            Sha256State = state switch
            {
                HashState.NotNeeded => "not-needed",
                HashState.Known => "known",
                HashState.Volatile => "volatile",
                _ => "unknown",
            },
        };
    }

    private static GateTarget ReadTarget(in DecisionEvent source, ReadOnlySpan<byte> text)
    {
        ref readonly var target = ref source.Target;
        return new GateTarget
        {
            Pid = (int)target.Pid,
            Tid = (int)target.Tid,
            StartTime = FromNanoseconds(target.StartNanoseconds),
            Uid = target.Uid,
            EffectiveUid = target.EffectiveUid,
            Gid = target.Gid,
            EffectiveGid = target.EffectiveGid,
            Command = Terminated(target.Command),
            Executable = TextOf(source.TargetExecutable, text),
        };
    }

    private static List<int> SlotsOf(uint bits) =>
        Enumerable.Range(0, (int)Limit.AskedClients).Where(slot => (bits >> slot & 1) != 0).ToList();

    private static int? RuleOf(uint rule) => rule == (uint)RuleIndex.None ? null : (int)rule;

    private static List<string> Names(Truncated truncated)
    {
        var names = new List<string>();
        if (truncated.HasFlag(Truncated.Path))
            names.Add("path");
        if (truncated.HasFlag(Truncated.Executable))
            names.Add("executable");
        if (truncated.HasFlag(Truncated.Directory))
            names.Add("workingDirectory");
        if (truncated.HasFlag(Truncated.Arguments))
            names.Add("arguments");
        if (truncated.HasFlag(Truncated.Target))
            names.Add("target.executable");
        return names;
    }

    private static string? TextOf(Abi.Text place, ReadOnlySpan<byte> text)
    {
        if (place.Length == 0 || place.Offset + place.Length > text.Length)
            return null;
        return Encoding.UTF8.GetString(text.Slice(place.Offset, place.Length));
    }

    private static string[] ArgumentsOf(Abi.Text place, ReadOnlySpan<byte> text) =>
        TextOf(place, text)?.TrimEnd('\0').Split('\0') ?? [];

    private static string Terminated(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }

    /// <summary>A TimeSpan counts 100 ns; what is below is cut.</summary>
    internal static TimeSpan FromNanoseconds(ulong nanoseconds) => TimeSpan.FromTicks((long)(nanoseconds / 100));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
