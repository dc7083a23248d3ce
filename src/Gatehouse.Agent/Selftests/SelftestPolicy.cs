using Gatehouse.Sdk.Policies;
using Gatehouse.Sdk.Selftests;

namespace Gatehouse.Agent.Selftests;

/// <summary>
/// The policy of a self-test. Each rule names sacrificial files, as the one that acts or as the one that is acted on: nothing else on the host is
/// decided by it, whatever is known or unknown of it.
/// </summary>
internal static class SelftestPolicy
{
    public const string PolicyName = "gatehouse-selftest";

    /// <summary>Marks it among the policies in force.</summary>
    public const string FileName = "(built in)/gatehouse-selftest.yaml";

    /// <param name="folder">The folder of the files.</param>
    /// <param name="sha256">Of the program that may not be loaded.</param>
    public static PolicyFile Of(string folder, string sha256) => new(FileName, $$"""
        apiVersion: gatehouse/v1
        metadata:
          name: {{PolicyName}}
          description: Built in while `gatehouse selftest` runs. About the sacrificial files of the self-test alone.
        mode: enforce
        sets:
          actors: [{{Path(folder, SelftestFiles.Actor)}}]
          victims: [{{Path(folder, SelftestFiles.Victim)}}]
          writers: [{{Path(folder, SelftestFiles.Writer)}}]
          programs: [{{Path(folder, SelftestFiles.Program)}}]
        rules:
          - name: victim-is-kept
            on: [process.open, thread.open]
            when: target.file in victims && open.right != "query"
            action: deny
          - name: victim-is-not-looked-at
            on: [process.open, thread.open]
            when: process.file in actors && target.file in victims
            action: deny
          - name: program-is-refused
            on: [process.exec, image.load]
            when: image.path in programs
            action: deny
          - name: content-is-refused
            on: [process.exec, image.load]
            when: process.file in actors && image.sha256 == "{{sha256}}"
            action: deny
          - name: memory-is-not-written-and-executed
            on: [memory.map, memory.protect]
            when: process.file in writers && ("write" in memory.protection || memory.readImpliesExecute || memory.stack || memory.heap || memory.shared)
            action: deny
          - name: memory-has-a-file
            on: [memory.map, memory.protect]
            when: process.file in writers && memory.backing in ["memfd", "shared-memory", "device"]
            action: deny
          - name: written-memory-is-not-executed
            on: memory.protect
            when: process.file in writers && memory.written
            action: deny
          - name: file-with-writers-is-not-executed
            on: [memory.map, memory.protect]
            when: process.file in writers && image.writers
            action: deny
          - name: code-is-not-written
            on: [memory.write-text, memory.userfaultfd]
            when: process.file in writers
            action: deny
        """);

    private static string Path(string folder, string name) =>
        $"\"{System.IO.Path.Combine(folder, name).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
