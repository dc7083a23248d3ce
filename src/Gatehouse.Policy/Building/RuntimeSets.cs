using System.Collections.Immutable;

namespace Gatehouse.Policy;

/// <summary>
/// Programs that make executable memory because that is how they work, as sets that every policy has without defining them
/// (a set of the same name in a file takes its place). Used with <c>process.file</c>, which is the file that stood at the path when the
/// policy was loaded and not its name. A path at which nothing stands adds nothing.
/// </summary>
public static class RuntimeSets
{
    /// <summary>
    /// <c>runtime_dotnet</c>: the .NET host. It maps the code that it compiles twice, from shared memory of memfd_create: once to
    /// write and once to run. A program with a host of its own (apphost) is another file.
    /// </summary>
    public static PolicySet Dotnet { get; } = new("runtime_dotnet", ["/usr/bin/dotnet", "/usr/lib/dotnet/dotnet", "/usr/share/dotnet/dotnet"]);

    /// <summary><c>runtime_gatehouse</c>: the agent and the command of Gatehouse, which use .NET.</summary>
    public static PolicySet Gatehouse { get; } = new("runtime_gatehouse", ["/usr/lib/gatehouse/gatehouse", "/usr/lib/gatehouse/gatehoused"]);

    /// <summary><c>runtime_node</c>: Node.js. It makes anonymous memory writable and executable with mprotect.</summary>
    public static PolicySet Node { get; } = new("runtime_node", ["/usr/bin/node", "/usr/bin/nodejs", "/usr/local/bin/node"]);

    /// <summary><c>runtime_java</c>: OpenJDK of Debian's packages. It maps anonymous memory writable and executable.</summary>
    public static PolicySet Java { get; } = new(
        "runtime_java",
        [
            "/usr/bin/java", "/usr/bin/javac", "/usr/lib/jvm/default-java/bin/java", "/usr/lib/jvm/java-17-openjdk-amd64/bin/java",
            "/usr/lib/jvm/java-21-openjdk-amd64/bin/java", "/usr/lib/jvm/java-25-openjdk-amd64/bin/java",
        ]);

    /// <summary><c>runtime_pcre</c>: programs that compile regular expressions of PCRE2 into anonymous memory: <c>grep -P</c>, git.</summary>
    public static PolicySet Pcre { get; } = new("runtime_pcre", ["/bin/grep", "/usr/bin/git", "/usr/bin/grep"]);

    /// <summary><c>runtime_libffi</c>: programs that make callbacks with libffi (Python's ctypes) in anonymous memory.</summary>
    public static PolicySet Libffi { get; } = new(
        "runtime_libffi", ["/usr/bin/python3", "/usr/bin/python3.11", "/usr/bin/python3.12", "/usr/bin/python3.13", "/usr/bin/python3.14"]);

    /// <summary>All of them.</summary>
    public static ImmutableArray<PolicySet> All { get; } = [Dotnet, Gatehouse, Node, Java, Pcre, Libffi];
}
