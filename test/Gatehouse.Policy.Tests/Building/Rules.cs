using System.Linq.Expressions;
using Shouldly;

namespace Gatehouse.Policy.Tests.Building;

/// <summary>One rule at a time, translated without the parser.</summary>
internal static class Rules
{
    public static string Exec(Expression<Func<IExecFields, bool>> when) =>
        Text(PolicyBuilder.Translate("test", p => p.OnProcessExec(when, r => r.Named("rule").Audit())));

    public static string Open(Expression<Func<IOpenFields, bool>> when) =>
        Text(PolicyBuilder.Translate("test", p => p.OnProcessOpen(when, r => r.Named("rule").Audit())));

    public static string Create(Expression<Func<ICreateFields, bool>> when) =>
        Text(PolicyBuilder.Translate("test", p => p.OnProcessCreate(when, r => r.Named("rule").Audit())));

    /// <summary>The only problem of a rule on <c>process.exec</c>.</summary>
    public static PolicyExpressionProblem ExecProblem(Expression<Func<IExecFields, bool>> when) =>
        PolicyBuilder.Translate("test", p => p.OnProcessExec(when, r => r.Named("rule").Audit())).Problems.ShouldHaveSingleItem();

    public static PolicyExpressionProblem OpenProblem(Expression<Func<IOpenFields, bool>> when) =>
        PolicyBuilder.Translate("test", p => p.OnProcessOpen(when, r => r.Named("rule").Audit())).Problems.ShouldHaveSingleItem();

    private static string Text(TranslatedPolicy policy)
    {
        policy.Problems.ShouldBeEmpty();
        return ConditionText.Of(policy.Rules.ShouldHaveSingleItem().When, new SetNames());
    }
}
