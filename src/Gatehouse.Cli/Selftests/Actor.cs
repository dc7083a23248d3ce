using System.Buffers.Binary;
using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Gatehouse.Kernel;

namespace Gatehouse.Cli.Selftests;

/// <summary>
/// A process that makes the system calls that it is told, and ends when this one does. It runs <see cref="SelftestPrograms.Actor"/>, and was started
/// here: its number cannot be another process's while it answers.
/// </summary>
internal sealed class Actor : IDisposable
{
    /// <summary>Answer of <see cref="Call"/> if the process has ended instead of answering.</summary>
    public const long Gone = long.MinValue;

    private const int RequestBytes = 56;

    /// <summary>Generous, for emulated and busy machines; a call that waits for more has been stopped or frozen.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly Stream _input;
    private readonly Stream _output;
    private int _used = RequestBytes;

    private Actor(Process process)
    {
        _process = process;
        _input = process.StandardInput.BaseStream;
        _output = process.StandardOutput.BaseStream;
        Pid = process.Id;
    }

    public int Pid { get; }

    /// <summary>Where its memory begins.</summary>
    public long Memory { get; private set; }

    /// <exception cref="NotTestableException">It cannot be started.</exception>
    public static Actor Start(string program)
    {
        Process process;
        try
        {
            process = Process.Start(new ProcessStartInfo(program)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true, // not read: what loaders complain of is expected
                UseShellExecute = false,
                WorkingDirectory = "/",
            })!;
        }
        catch (Win32Exception e)
        {
            throw new NotTestableException($"the self-test's own program cannot be executed: {ErrorName.Of(e.NativeErrorCode)}; a policy of this host may refuse it");
        }

        var actor = new Actor(process);
        actor.Memory = actor.ReadAnswer();
        if (actor.Memory == Gone)
        {
            actor.Dispose();
            throw new NotTestableException("the self-test's own program ended at once; a policy of this host may kill it");
        }

        return actor;
    }

    /// <summary>Makes a system call there.</summary>
    /// <returns>What the kernel answers, a negative error number included; or <see cref="Gone"/>.</returns>
    /// <exception cref="NotTestableException">No answer in time.</exception>
    public long Call(SystemCall number, params ReadOnlySpan<long> arguments)
    {
        Span<byte> request = stackalloc byte[RequestBytes];
        request.Clear();
        BinaryPrimitives.WriteInt64LittleEndian(request, (long)number);
        for (var i = 0; i < arguments.Length; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(request[((i + 1) * sizeof(long))..], arguments[i]);
        }

        return TryWrite(request) ? ReadAnswer() : Gone;
    }

    /// <summary>Room in its memory, whose addresses are multiples of 8.</summary>
    public long Room(int bytes)
    {
        var at = (_used + 7) & ~7;
        _used = at + bytes;
        return _used <= SelftestPrograms.ActorBytes ? Memory + at : throw new InvalidOperationException("an attempt needs more memory than the actor has");
    }

    /// <summary>Puts bytes into its memory.</summary>
    public long Bytes(ReadOnlySpan<byte> bytes)
    {
        var address = Room(bytes.Length);
        Put(address, bytes);
        return address;
    }

    /// <summary>Puts a text with a NUL behind it into its memory.</summary>
    public long Text(string text) => Bytes(Encoding.UTF8.GetBytes(text + '\0'));

    /// <summary>Puts numbers of 64 bits into its memory.</summary>
    public long Numbers(params ReadOnlySpan<long> numbers)
    {
        var bytes = new byte[numbers.Length * sizeof(long)];
        for (var i = 0; i < numbers.Length; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(i * sizeof(long)), numbers[i]);
        }

        return Bytes(bytes);
    }

    /// <summary>Writes bytes to any address there. They are copied by the kernel, as data that is received.</summary>
    public void Put(long address, ReadOnlySpan<byte> bytes)
    {
        Span<byte> request = stackalloc byte[RequestBytes];
        request.Clear();
        BinaryPrimitives.WriteInt64LittleEndian(request[16..], address);
        BinaryPrimitives.WriteInt64LittleEndian(request[24..], bytes.Length);
        if (!TryWrite(request) || !TryWrite(bytes) || ReadAnswer() != bytes.Length)
        {
            throw new NotTestableException("the self-test's own program does not take data");
        }
    }

    /// <summary>Reads bytes of its memory.</summary>
    public byte[] Peek(long address, int count)
    {
        Span<byte> request = stackalloc byte[RequestBytes];
        request.Clear();
        BinaryPrimitives.WriteInt64LittleEndian(request, (long)SystemCall.Write);
        BinaryPrimitives.WriteInt64LittleEndian(request[8..], 1);
        BinaryPrimitives.WriteInt64LittleEndian(request[16..], address);
        BinaryPrimitives.WriteInt64LittleEndian(request[24..], count);
        var bytes = new byte[count];
        if (!TryWrite(request) || !TryRead(bytes) || ReadAnswer() != count)
        {
            throw new NotTestableException("the self-test's own program does not give data");
        }

        return bytes;
    }

    /// <summary>Whether it is alive and neither stopped nor frozen.</summary>
    public bool Answers()
    {
        try
        {
            return Call(SystemCall.Getpid) == Pid;
        }
        catch (NotTestableException)
        {
            return false;
        }
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>Its exit status (128 and the signal that ended it); null if it goes on.</returns>
    public int? WaitForEnd(TimeSpan patience) => _process.WaitForExit(patience) ? _process.ExitCode : null;

    /// <summary>Ends it: by the end of what it reads, and if it is stopped, by a signal, which it cannot refuse (it may be kept from others; then it ends later).</summary>
    public void Dispose()
    {
        _input.Dispose();
        if (!_process.WaitForExit(TimeSpan.FromMilliseconds(500)))
        {
            try
            {
                // The child of this process, and not reaped yet: its number is still its own.
                _process.Kill();
                _process.WaitForExit(TimeSpan.FromSeconds(1));
            }
            catch (Win32Exception)
            {
                // The policy of the self-test keeps it. It ends at the end of its input.
            }
        }

        _output.Dispose();
        _process.Dispose();
    }

    private bool TryWrite(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _input.Write(bytes);
            _input.Flush();
            return true;
        }
        catch (IOException)
        {
            return false; // nobody reads: it has ended
        }
    }

    private long ReadAnswer()
    {
        var answer = new byte[sizeof(long)];
        return TryRead(answer) ? BinaryPrimitives.ReadInt64LittleEndian(answer) : Gone;
    }

    private bool TryRead(byte[] bytes)
    {
        var reading = _output.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false).AsTask();
        return reading.Wait(s_patience)
            ? reading.Result == bytes.Length
            : throw new NotTestableException($"no answer from the self-test's own program within {s_patience.TotalSeconds:0} s");
    }
}
