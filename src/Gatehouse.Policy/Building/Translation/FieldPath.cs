using System.Linq.Expressions;

namespace Gatehouse.Policy;

/// <summary>
/// From <c>o.Target.File</c> to the field <c>target.file</c>. The properties of the interfaces and the fields of the
/// catalogue correspond by name; a test sees to it.
/// </summary>
internal static class FieldPath
{
    private static readonly Dictionary<Type, string> s_prefixes = new()
    {
        [typeof(IExecFields)] = "exec",
        [typeof(IOpenFields)] = "open",
        [typeof(ICreateFields)] = "create",
        [typeof(IThreadCreateFields)] = "create",
        [typeof(ICredentialsFields)] = "credentials",
        [typeof(IExitFields)] = "exit",
        [typeof(IMemoryFields)] = "memory",
        [typeof(IMemoryProtectFields)] = "memory",
    };

    /// <summary>The field that an expression stands for, or null.</summary>
    public static PolicyField? Of(Expression expression)
    {
        if (Conversions.Strip(expression) is not MemberExpression { Expression: { } owner } member)
        {
            return null;
        }

        owner = Conversions.Strip(owner);
        var prefix = owner switch
        {
            ParameterExpression { Type: var type } when type == typeof(IProgramFields) => "process",
            ParameterExpression => s_prefixes.GetValueOrDefault(member.Member.DeclaringType!),
            MemberExpression { Expression: { } root } part when Conversions.Strip(root) is ParameterExpression
                && IsPart(part.Type) => CamelCase(part.Member.Name),
            _ => null,
        };
        return prefix is null ? null : FieldCatalog.Find($"{prefix}.{CamelCase(member.Member.Name)}");
    }

    public static string CamelCase(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    private static bool IsPart(Type type) =>
        type == typeof(IProcessFields) || typeof(IMappedFileFields).IsAssignableFrom(type);
}
