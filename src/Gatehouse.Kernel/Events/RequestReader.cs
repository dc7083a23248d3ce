using Gatehouse.Abi;

namespace Gatehouse.Kernel.Events;

/// <summary>Picks out of the request of an event what its operation has: the rest is 0 and would read like an answer.</summary>
internal static class RequestReader
{
    /// <returns>Null if the operation has no facts of its own.</returns>
    public static GateRequest? Read(Operation operation, in Request request)
    {
        var flags = (OperationFlag)request.Flags;
        return operation switch
        {
            Operation.ProcessOpen or Operation.ThreadOpen => new GateRequest
            {
                Right = Words.OfRight(request.Right),
                Signal = NonZero(request.Signal),
                Child = flags.HasFlag(OperationFlag.Child),
            },
            Operation.ProcessExec or Operation.ProcessExecArguments => new GateRequest
            {
                SetuidGain = flags.HasFlag(OperationFlag.SetuidGain),
            },
            Operation.ProcessCreate => new GateRequest
            {
                Namespaces = Words.OfNamespaces(request.Bits),
                Flags = Words.OfCreation(request.Bits),
            },
            Operation.ThreadCreate => new GateRequest
            {
                Namespaces = Words.OfNamespaces(request.Bits),
                Flags = Words.OfCreation(request.Bits),
                IoWorker = flags.HasFlag(OperationFlag.IoWorker),
            },
            Operation.ProcessCredentials => new GateRequest
            {
                Change = Words.OfChange(request.Change),
                NewUid = request.NewUid,
                NewGid = request.NewGid,
                Gained = Words.OfGained(request.Bits),
            },
            Operation.ProcessExit => new GateRequest
            {
                ExitStatus = request.ExitStatus,
                ExitSignal = NonZero(request.ExitSignal),
                RunTime = DecisionReader.FromNanoseconds(request.RunNanoseconds),
            },
            Operation.MemoryMap or Operation.MemoryMapFile => new GateRequest { Memory = ReadMemory(request.Bits) },
            Operation.MemoryProtect or Operation.MemoryProtectFile => new GateRequest
            {
                Memory = ReadMemory(request.Bits) with { Before = Words.OfAccess(request.Bits / (ulong)MemoryBit.Before) },
            },
            _ => null,
        };
    }

    private static GateMemory ReadMemory(ulong bits)
    {
        var known = (MemoryBit)bits;
        return new GateMemory
        {
            Requested = Words.OfAccess(bits / (ulong)MemoryBit.Requested),
            Protection = Words.OfAccess(bits / (ulong)MemoryBit.Protection),
            Shared = known.HasFlag(MemoryBit.Shared),
            Written = known.HasFlag(MemoryBit.Written),
            Stack = known.HasFlag(MemoryBit.Stack),
            Heap = known.HasFlag(MemoryBit.Heap),
            ReadImpliesExecute = known.HasFlag(MemoryBit.ReadImpliesExecute),
            Backing = Words.OfBacking((uint)(bits / (ulong)MemoryBit.Backing) & 7),
        };
    }

    private static uint? NonZero(uint value) => value == 0 ? null : value;
}
