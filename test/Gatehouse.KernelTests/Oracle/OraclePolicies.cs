using System.Globalization;

namespace Gatehouse.KernelTests.Oracle;

/// <summary>
/// Random policy texts about the oracle's world. What denies or kills is guarded by a test that only the pool meets, so that the
/// machine itself goes on.
/// </summary>
internal sealed class OraclePolicies(Random random, OracleWorld world)
{
    private static readonly string[] s_loads = ["process.exec", "image.load", "image.load", "process.exec, image.load"];
    private static readonly string[] s_opens = ["process.open", "thread.open", "process.open, thread.open"];
    private static readonly string[] s_creations = ["process.create", "thread.create", "process.create, thread.create"];

    private readonly OracleConditions _conditions = new(random, world);

    /// <summary>One to three files.</summary>
    public IReadOnlyList<string> Next() =>
        [.. Enumerable.Range(0, 1 + random.Next(3)).Select(i => File($"p{i}"))];

    /// <summary>One file in six is a client's, and its rules may ask: then each open of the whole guest is looked at, which takes time.</summary>
    private string File(string name)
    {
        var client = random.Next(6) == 0 ? OracleClients.Names[random.Next(OracleClients.Names.Count)] : null;
        var rules = Enumerable.Range(0, 3 + random.Next(12)).Select(i => Rule(i, asks: client is not null));
        var header = $"apiVersion: gatehouse/v1\nmetadata:\n  name: {name}\n  altitude: {random.Next(3)}\n";
        return $"{header}{(client is null ? "" : $"  client: {client}\n")}rules:\n{string.Concat(rules)}";
    }

    private string Rule(int index, bool asks)
    {
        var (on, roles, operation) = random.Next(11) switch
        {
            < 5 => (Pick(s_loads), "process image", ""),
            < 8 => (Pick(s_opens), "process target", "open"),
            8 => (Pick(s_creations), "process", "create"),
            9 => ("process.credentials", "process", "credentials"),
            _ => ("process.exec", "process image", "exec"),
        };
        var action = string.Equals(operation, "exec", StringComparison.Ordinal)
            ? Pick("kill", "kill", "audit")
            : asks && roles.EndsWith("image", StringComparison.Ordinal) && random.Next(2) == 0
            ? "ask"
            : Pick("allow", "deny", "deny", "deny", "audit", string.Equals(on, "process.exec", StringComparison.Ordinal) ? "kill" : "deny");
        var when = _conditions.Next(roles, operation, depth: random.Next(4), paths: !Is(action, "allow"));
        if (action is "deny" or "kill" or "ask")
            when = $"({when}) && {_conditions.Guard(roles)}";
        return $"""
              - name: r{index.ToString(CultureInfo.InvariantCulture)}
                description: '{string.Join(' ', OracleTopics.All.Where(t => when.Contains(t, StringComparison.Ordinal)))}'
                on: [{on}]
                when: '{when}'
                action: {action}
                mode: {Pick("enforce", "enforce", "enforce", "audit")}
                onMiss: {Pick("deny", "allow")}

            """;
    }

    private string Pick(params string[] choices) => choices[random.Next(choices.Length)];

    private static bool Is(string text, string other) => string.Equals(text, other, StringComparison.Ordinal);
}
