using Gatehouse.Sdk.Selftests;

namespace Gatehouse.Cli.Selftests;

/// <summary>What one attempt is made with and on: either what is protected, or its equal that is not.</summary>
internal sealed class Trial
{
    /// <summary>Whether the target is protected.</summary>
    public required bool Protected { get; init; }

    /// <summary>Who attempts it.</summary>
    public required Actor Actor { get; init; }

    /// <summary>The process that is acted on; of class <see cref="WayClass.Process"/> only.</summary>
    public Actor? Victim { get; init; }

    /// <summary>The agent's folder of this self-test.</summary>
    public required string Stage { get; init; }

    /// <summary>A folder of this command's own, which nothing protects.</summary>
    public required string Scratch { get; init; }

    /// <summary>A folder with a file and a folder: the agent's, which the seal keeps, or this command's own.</summary>
    public string Kept => Path.Combine(Protected ? Stage : Scratch, SelftestFiles.Kept);

    /// <summary>The file in it.</summary>
    public string KeptFile => Path.Combine(Kept, "file");

    /// <summary>The program, refused or not.</summary>
    public string Program => Path.Combine(Stage, ProgramName);

    /// <summary>Its name in <see cref="Stage"/>.</summary>
    public string ProgramName => (Protected ? "" : SelftestFiles.Free) + SelftestFiles.Program;

    public string ProgramLink => Path.Combine(Stage, (Protected ? "" : SelftestFiles.Free) + SelftestFiles.ProgramLink);

    public string ProgramSymbolicLink => Path.Combine(Stage, (Protected ? "" : SelftestFiles.Free) + SelftestFiles.ProgramSymbolicLink);

    /// <summary>A name in <see cref="Scratch"/> that no other attempt uses.</summary>
    public string Own(string name) => Path.Combine(Scratch, (Protected ? "kept-" : "free-") + name);

    /// <summary>The process that is acted on.</summary>
    public Actor Target => Victim ?? throw new InvalidOperationException("only ways of class process have one");

    public long Call(SystemCall number, params ReadOnlySpan<long> arguments) => Actor.Call(number, arguments);

    public long Text(string text) => Actor.Text(text);

    /// <summary>Opens a file there.</summary>
    public long Open(string path, long flags, long mode = 0) => Call(SystemCall.Open, Text(path), flags, mode);

    /// <summary>What a step before the attempt answered.</summary>
    /// <exception cref="NotTestableException">It failed.</exception>
    public static long Need(long result, string what) => result >= 0
        ? result
        : throw new NotTestableException(result == Actor.Gone ? $"{what} ended the process" : $"{what}: {ErrorName.Of((int)-result)}", result);
}
