using System.Globalization;
using System.Linq.Expressions;
using System.Runtime.CompilerServices;

namespace Gatehouse.Policy;

/// <summary>
/// An expression as its author wrote it, as far as the tree still tells: what <c>Expression.ToString</c> gives would name
/// the compiler's closures and conversions.
/// </summary>
internal sealed class CSharpText
{
    private const int Primary = 15;
    private const int Unary = 14;

    /// <summary>What is deeper is not printed: a message is cut long before.</summary>
    private const int DeepestNesting = 60;

    private int _depth;

    private CSharpText()
    {
    }

    public static string Of(Expression expression) => new CSharpText().Print(expression);

    private string Print(Expression expression) => Print(expression, 0);

    /// <summary>With parentheses if it binds less than what is around it.</summary>
    private string Print(Expression expression, int around)
    {
        if (_depth == DeepestNesting)
        {
            return "…";
        }

        _depth++;
        expression = Conversions.Strip(expression);
        var (text, binding) = expression switch
        {
            ConstantExpression constant => (Constant(constant), Primary),
            ParameterExpression parameter => (parameter.Name ?? "x", Primary),
            MemberExpression member => (Member(member), Primary),
            UnaryExpression unary => PrintUnary(unary),
            BinaryExpression { NodeType: ExpressionType.ArrayIndex } index => ($"{Print(index.Left, Primary)}[{Print(index.Right)}]", Primary),
            BinaryExpression binary => PrintBinary(binary),
            MethodCallExpression call => (Call(call), Primary),
            LambdaExpression lambda => (Lambda(lambda), 1),
            ConditionalExpression choice => ($"{Print(choice.Test, 3)} ? {Print(choice.IfTrue)} : {Print(choice.IfFalse)}", 2),
            NewArrayExpression array => (array.Expressions.Count == 0
                ? $"new {TypeName(array.Type.GetElementType()!)}[0]"
                : $"new[] {{ {List(array.Expressions)} }}", Primary),
            NewExpression created => ($"new {TypeName(created.Type)}({List(created.Arguments)})", Primary),
            ListInitExpression list => ($"new {TypeName(list.Type)} {{ {List(list.Initializers.Select(i => i.Arguments[0]))} }}", Primary),
            InvocationExpression invocation => ($"{Print(invocation.Expression, Primary)}({List(invocation.Arguments)})", Primary),
            TypeBinaryExpression test => ($"{Print(test.Expression, Unary)} is {TypeName(test.TypeOperand)}", 10),
            _ => (expression.ToString(), Primary),
        };
        _depth--;
        return binding < around ? $"({text})" : text;
    }

    private string Member(MemberExpression member)
    {
        if (member.Expression is null)
        {
            return $"{TypeName(member.Member.DeclaringType!)}.{member.Member.Name}";
        }

        // A captured variable is a field of a class that the compiler made.
        return IsClosure(member.Expression.Type) ? member.Member.Name : $"{Print(member.Expression, Primary)}.{member.Member.Name}";
    }

    private (string, int) PrintUnary(UnaryExpression unary) => unary.NodeType switch
    {
        ExpressionType.Not => ((unary.Type == typeof(bool) ? "!" : "~") + Print(unary.Operand, Unary), Unary),
        ExpressionType.Negate or ExpressionType.NegateChecked => ("-" + Print(unary.Operand, Unary), Unary),
        ExpressionType.Quote => (Print(unary.Operand), 1),
        ExpressionType.ArrayLength => (Print(unary.Operand, Primary) + ".Length", Primary),
        ExpressionType.TypeAs => ($"{Print(unary.Operand, Unary)} as {TypeName(unary.Type)}", 10),
        _ when unary.Method is not null => (Print(unary.Operand, Primary), Primary),
        _ => ($"({TypeName(unary.Type)}){Print(unary.Operand, Unary)}", Unary),
    };

    private (string, int) PrintBinary(BinaryExpression binary)
    {
        var (sign, binding) = binary.NodeType switch
        {
            ExpressionType.Multiply or ExpressionType.MultiplyChecked => ("*", 13),
            ExpressionType.Divide => ("/", 13),
            ExpressionType.Modulo => ("%", 13),
            ExpressionType.Add or ExpressionType.AddChecked => ("+", 12),
            ExpressionType.Subtract or ExpressionType.SubtractChecked => ("-", 12),
            ExpressionType.LeftShift => ("<<", 11),
            ExpressionType.RightShift => (">>", 11),
            ExpressionType.LessThan => ("<", 10),
            ExpressionType.LessThanOrEqual => ("<=", 10),
            ExpressionType.GreaterThan => (">", 10),
            ExpressionType.GreaterThanOrEqual => (">=", 10),
            ExpressionType.Equal => ("==", 9),
            ExpressionType.NotEqual => ("!=", 9),
            ExpressionType.And => ("&", 8),
            ExpressionType.ExclusiveOr => ("^", 7),
            ExpressionType.Or => ("|", 6),
            ExpressionType.AndAlso => ("&&", 5),
            ExpressionType.OrElse => ("||", 4),
            ExpressionType.Coalesce => ("??", 3),
            _ => (binary.NodeType.ToString(), 3),
        };
        var (left, right) = (AsEnum(binary.Left, binary.Right), AsEnum(binary.Right, binary.Left));
        return ($"{Print(left, binding)} {sign} {Print(right, binding + 1)}", binding);
    }

    /// <summary>In a comparison of enumerations, the compiler keeps the number of the constant.</summary>
    private static Expression AsEnum(Expression side, Expression other)
    {
        var type = Conversions.Strip(other).Type;
        return side is ConstantExpression { Value: { } value } && type.IsEnum && value.GetType().IsPrimitive
            ? Expression.Constant(Enum.ToObject(type, value), type)
            : side;
    }

    private string Call(MethodCallExpression call)
    {
        if (call.Method is { Name: "op_Implicit" or "op_Explicit" } && call.Arguments.Count == 1)
        {
            return Print(call.Arguments[0], Primary);
        }

        if (call.Method.Name is "get_Item" && call.Object is not null)
        {
            return $"{Print(call.Object, Primary)}[{List(call.Arguments)}]";
        }

        if (call.Object is not null)
        {
            var isThis = call.Object is ConstantExpression && !call.Object.Type.IsPrimitive && call.Object.Type != typeof(string);
            return isThis
                ? $"{call.Method.Name}({List(call.Arguments)})"
                : $"{Print(call.Object, Primary)}.{call.Method.Name}({List(call.Arguments)})";
        }

        return call.Method.IsDefined(typeof(ExtensionAttribute), inherit: false)
            ? $"{Print(call.Arguments[0], Primary)}.{call.Method.Name}({List(call.Arguments.Skip(1))})"
            : $"{TypeName(call.Method.DeclaringType!)}.{call.Method.Name}({List(call.Arguments)})";
    }

    private string Lambda(LambdaExpression lambda)
    {
        var parameters = string.Join(", ", lambda.Parameters.Select(p => p.Name));
        return $"{(lambda.Parameters.Count == 1 ? parameters : $"({parameters})")} => {Print(lambda.Body)}";
    }

    private string List(IEnumerable<Expression> expressions) => string.Join(", ", expressions.Select(e => Print(e)));

    private static string Constant(ConstantExpression constant) => constant.Value switch
    {
        null => "null",
        bool truth => truth ? "true" : "false",
        string text => QuotedText.Of(text),
        char c => c == '\'' ? "'\\''" : $"'{c}'",
        Enum member => $"{TypeName(member.GetType())}.{member}",
        IFormattable number when constant.Value.GetType().IsPrimitive => number.ToString(format: null, CultureInfo.InvariantCulture),
        _ => IsClosure(constant.Type) ? "this" : TypeName(constant.Type),
    };

    private static bool IsClosure(Type type) => type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false);

    private static string TypeName(Type type)
    {
        if (type.IsArray)
        {
            return TypeName(type.GetElementType()!) + "[]";
        }

        var keyword = Type.GetTypeCode(type) switch
        {
            _ when type.IsEnum => null,
            TypeCode.String => "string",
            TypeCode.Int32 => "int",
            TypeCode.UInt32 => "uint",
            TypeCode.Int64 => "long",
            TypeCode.UInt64 => "ulong",
            TypeCode.Int16 => "short",
            TypeCode.UInt16 => "ushort",
            TypeCode.Byte => "byte",
            TypeCode.SByte => "sbyte",
            TypeCode.Double => "double",
            TypeCode.Single => "float",
            TypeCode.Decimal => "decimal",
            TypeCode.Boolean => "bool",
            TypeCode.Char => "char",
            _ => null,
        };
        if (keyword is not null)
        {
            return keyword;
        }

        var name = type.Name.Split('`')[0];
        return type.IsGenericType ? $"{name}<{string.Join(", ", type.GetGenericArguments().Select(TypeName))}>" : name;
    }
}
