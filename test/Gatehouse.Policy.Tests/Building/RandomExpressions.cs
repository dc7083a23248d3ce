using System.Linq.Expressions;
using System.Reflection;

namespace Gatehouse.Policy.Tests.Building;

/// <summary>
/// Random lambdas over every field of an operation, of the forms that the C# compiler makes. The conditions are sound: paths
/// are not tested negatively, and values fit.
/// </summary>
internal sealed class RandomExpressions<T>(Random random)
{
    private static readonly string[] s_texts =
        ["/usr/bin/nc", "/tmp/a b", "/srv/\"quoted\"", "/home/'x'", "/data/ü\U0001F600", "/opt/a\\b", "/var/tab\there", "/x/\u200Ey"];

    private static readonly string[] s_arguments = ["--x", "-c", "a b", "\"", "'", "\n", "é", "\u0085"];
    private static readonly string[] s_hashes = ["AA" + new string('b', 62), new string('c', 64)];
    private static readonly string[] s_names = ["LD_PRELOAD", "LD_AUDIT", "PATH"];
    private static readonly long[] s_numbers = [0, 1, 2, 3, 9, 31, 63];

    private readonly ParameterExpression _parameter = Expression.Parameter(typeof(T), "o");

    public Expression<Func<T, bool>> Next() => Expression.Lambda<Func<T, bool>>(Condition(4, mayNegate: true), _parameter);

    private Expression Condition(int depth, bool mayNegate) => (depth == 0 ? 0 : random.Next(6)) switch
    {
        1 or 2 => Expression.AndAlso(Condition(depth - 1, mayNegate), Condition(depth - 1, mayNegate)),
        3 or 4 => Expression.OrElse(Condition(depth - 1, mayNegate), Condition(depth - 1, mayNegate)),
        5 when mayNegate => Expression.Not(WithoutPaths(depth - 1)),
        _ when random.Next(8) == 0 => OfAncestor(),
        _ => Test(Pick([.. Leaves(_parameter)])),
    };

    private Expression WithoutPaths(int depth) => (depth <= 0 ? 0 : random.Next(3)) switch
    {
        1 => Expression.AndAlso(WithoutPaths(depth - 1), WithoutPaths(depth - 1)),
        2 => Expression.OrElse(WithoutPaths(depth - 1), WithoutPaths(depth - 1)),
        _ => Test(Pick([.. Leaves(_parameter).Where(l => FieldPath.Of(l)!.Type != FieldType.Path)])),
    };

    private MethodCallExpression OfAncestor()
    {
        Expression<Func<IProgramFields, bool>>[] known =
        [
            p => p.File == "/usr/sbin/sshd", p => p.Executable.StartsWith("/srv/", StringComparison.Ordinal) || p.File != "/usr/bin/sudo",
            p => Glob.Matches(p.Executable, "/home/*/**") && p.Sha256 == new string('a', 64),
        ];
        return Expression.Call(
            typeof(Ancestor).GetMethod(nameof(Ancestor.Any))!,
            Expression.Property(_parameter, typeof(IOperationFields).GetProperty("Process")!),
            Expression.Quote(Pick(known)));
    }

    private Expression Test(MemberExpression field) => FieldPath.Of(field)! switch
    {
        { Type: FieldType.Flag } => random.Next(2) == 0 ? field : Expression.Equal(field, Expression.Constant(random.Next(2) == 0)),
        { Type: FieldType.Path } => random.Next(3) switch
        {
            0 => Expression.Call(field, Pick([s_startsWith, s_endsWith]), Expression.Constant(Pick(s_texts)), Expression.Constant(StringComparison.Ordinal)),
            1 => Expression.Call(typeof(Glob).GetMethod(nameof(Glob.Matches))!, field, Expression.Constant(Pick(["/home/*/x", "/**/y?", "/a/\\*"]))),
            _ => OneOf(field, s_texts, equalOnly: true),
        },
        { Type: FieldType.File } => OneOf(field, s_texts),
        { Type: FieldType.Sha256 } => OneOf(field, s_hashes),
        { Type: FieldType.Number } => Number(field),
        { Type: FieldType.Word } => OneOf(field, Enum.GetValues(field.Type)),
        { Type: FieldType.Words } => Expression.Call(
            field, field.Type.GetMethod("Contains")!, Expression.Constant(Pick(Enum.GetValues(field.Type.GetGenericArguments()[0]).Cast<object>().ToArray()))),
        { Name: "exec.environment" } => Element(field, s_names),
        _ => Element(field, s_arguments),
    };

    private Expression Number(MemberExpression field) => random.Next(3) == 0
        ? OneOf(field, s_numbers)
        : Expression.MakeBinary(
            Pick([ExpressionType.LessThan, ExpressionType.LessThanOrEqual, ExpressionType.GreaterThan, ExpressionType.GreaterThanOrEqual]),
            field,
            Expression.Constant(Pick(s_numbers)));

    private MethodCallExpression Element(MemberExpression field, string[] texts)
    {
        var a = Expression.Parameter(typeof(string), "a");
        Expression body = random.Next(3) switch
        {
            0 => Expression.Call(a, s_startsWith, Expression.Constant(Pick(texts)), Expression.Constant(StringComparison.Ordinal)),
            1 => Expression.Equal(a, Expression.Constant(Pick(texts))),
            _ => Expression.Call(s_contains.MakeGenericMethod(typeof(string)), Expression.Constant(texts), a),
        };
        return Expression.Call(s_any.MakeGenericMethod(typeof(string)), field, Expression.Lambda<Func<string, bool>>(body, a));
    }

    private Expression OneOf(MemberExpression field, Array values, bool equalOnly = false)
    {
        if (random.Next(2) == 0)
        {
            return Expression.Call(s_contains.MakeGenericMethod(field.Type), Expression.Constant(values), field);
        }

        var value = Expression.Constant(Pick(values.Cast<object>().ToArray()), field.Type);
        return equalOnly || random.Next(2) == 0 ? Expression.Equal(field, value) : Expression.NotEqual(field, value);
    }

    private TItem Pick<TItem>(TItem[] items) => items[random.Next(items.Length)];

    private static IEnumerable<MemberExpression> Leaves(Expression root)
    {
        foreach (var property in new[] { root.Type }.Concat(root.Type.GetInterfaces()).SelectMany(t => t.GetProperties()))
        {
            var member = Expression.Property(root, property);
            foreach (var leaf in FieldPath.Of(member) is null ? Leaves(member) : [member])
            {
                yield return leaf;
            }
        }
    }

    private static readonly MethodInfo s_startsWith = typeof(string).GetMethod("StartsWith", [typeof(string), typeof(StringComparison)])!;
    private static readonly MethodInfo s_endsWith = typeof(string).GetMethod("EndsWith", [typeof(string), typeof(StringComparison)])!;

    private static readonly MethodInfo s_contains =
        typeof(Enumerable).GetMethods().Single(m => m.Name is "Contains" && m.GetParameters().Length == 2);

    private static readonly MethodInfo s_any = typeof(Enumerable).GetMethods().Single(m => m.Name is "Any" && m.GetParameters().Length == 2);
}
