namespace Gatehouse.KernelTests.Guest;

/// <summary>Rules as policy text, for all operations.</summary>
internal static class Rules
{
    /// <summary>A policy that says nothing about what the tests do: what works now works without us.</summary>
    public static string Neutral { get; } = Deny("other", "process.exec", "image.path == \"/nowhere\"");

    public static string Deny(string name, string on, string when, string extra = "") => Of(name, on, when, "deny", extra);

    public static string Kill(string name, string when) => Of(name, "process.exec", when, "kill");

    public static string Audit(string name, string on, string when) => Of(name, on, when, "audit");

    /// <param name="name">Its name.</param>
    /// <param name="on">Operations, with a comma between.</param>
    /// <param name="when">The condition; without single quotes.</param>
    /// <param name="action">allow, deny, kill or audit.</param>
    /// <param name="extra">Another line of the rule.</param>
    public static string Of(string name, string on, string when, string action, string extra = "") => $$"""
          - name: {{name}}
            on: [{{on}}]
            when: '{{when}}'
            action: {{action}}
            {{extra}}

        """;
}
