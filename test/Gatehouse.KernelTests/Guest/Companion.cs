using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Gatehouse.KernelTests.Guest;

/// <summary>A program that lives beside the test and answers it line by line.</summary>
internal sealed class Companion : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _errors = new();

    private Companion(Process process) => _process = process;

    /// <summary>The process that was started; after <see cref="Ready"/> the one that the program names.</summary>
    public int Pid { get; private set; }

    /// <summary>A second thread of it, if it has one.</summary>
    public int Tid { get; private set; }

    public static Companion Start(string file, params string[] arguments)
    {
        var process = Process.Start(new ProcessStartInfo(file, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        var companion = new Companion(process) { Pid = process.Id };
        process.ErrorDataReceived += companion.Append;
        process.BeginErrorReadLine();
        return companion;
    }

    /// <summary>Starts a program that says "ready PID TID" first, as the attack programs do.</summary>
    public static Companion Ready(string file, params string[] arguments)
    {
        var companion = Start(file, arguments);
        var words = companion.Read().Split(' ');
        if (!string.Equals(words[0], "ready", StringComparison.Ordinal))
            throw new InvalidOperationException($"{file} is not ready: {string.Join(' ', words)} {companion._errors}");
        if (words.Length == 3)
        {
            companion.Pid = int.Parse(words[1], CultureInfo.InvariantCulture);
            companion.Tid = int.Parse(words[2], CultureInfo.InvariantCulture);
        }
        return companion;
    }

    public static Companion Victim(string file) => Ready(file);

    public string Read()
    {
        var line = _process.StandardOutput.ReadLineAsync();
        if (!line.Wait(s_patience))
            throw new TimeoutException($"{_process.StartInfo.FileName} did not answer within {s_patience}");
        return line.Result ?? throw new EndOfStreamException($"{_process.StartInfo.FileName} ended: {_errors}");
    }

    public string Ask(string line)
    {
        Write(line);
        return Read();
    }

    public void Write(string line)
    {
        _process.StandardInput.Write(line + "\n");
        _process.StandardInput.Flush();
    }

    /// <summary>One attempt of a program that answers with a word and perhaps the name of an error.</summary>
    public Answer Attempt(string line = "") => Answer.Parse(Ask(line), $"{_process.StartInfo.FileName}: {_errors}");

    public Answer ReadAnswer() => Answer.Parse(Read(), $"{_process.StartInfo.FileName}: {_errors}");

    /// <summary>Waits for its end, which must be near: its input is over.</summary>
    public int End()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(s_patience))
            throw new TimeoutException($"{_process.StartInfo.FileName} did not end within {s_patience}");
        return _process.ExitCode;
    }

    public bool HasEnded => _process.WaitForExit(TimeSpan.Zero);

    /// <summary>Waits until it has been ended by somebody else.</summary>
    public bool EndsSoon() => _process.WaitForExit(TimeSpan.FromSeconds(10));

    public void Dispose()
    {
        try
        {
            _process.StandardInput.Close();
            _process.Kill();
            _process.WaitForExit(TimeSpan.FromSeconds(10));
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException or IOException)
        {
            // A policy of a test that failed may protect it; the end of its input ends most of them all the same.
        }
        _process.Dispose();
    }

    private void Append(object sender, DataReceivedEventArgs line) => _errors.AppendLine(line.Data);
}
