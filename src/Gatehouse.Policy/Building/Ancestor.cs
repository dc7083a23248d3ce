using System.Linq.Expressions;

namespace Gatehouse.Policy;

/// <summary>Questions about the programs that a process comes from, in rules that are written in C#.</summary>
public static class Ancestor
{
    /// <summary>
    /// Whether some earlier program of the process, or of a process that it descends from, satisfies a condition. Only
    /// for use inside a rule.
    /// </summary>
    /// <param name="process">The acting process of the operation.</param>
    /// <param name="condition">What one of the programs must satisfy.</param>
    /// <exception cref="InvalidOperationException">Always: a rule is read, not run.</exception>
    public static bool Any(IProcessFields process, Expression<Func<IProgramFields, bool>> condition) =>
        throw new InvalidOperationException("Ancestor.Any has a meaning only inside a rule, for the operation's process.");
}
