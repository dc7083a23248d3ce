namespace Gatehouse.Policy;

/// <summary>Translates all rules of a policy, whatever is wrong with some of them.</summary>
internal static class PolicyTranslator
{
    public static TranslatedPolicy Translate(PolicyBuilder policy)
    {
        var problems = new List<PolicyExpressionProblem>();
        var rules = new List<TranslatedRule>();
        var sets = new SetNames();
        foreach (var draft in policy.Rules)
        {
            var scope = new RuleScope(draft, problems, sets);
            var action = ActionOf(draft, scope);
            if (ExpressionTranslator.Translate(draft.When, scope) is { } when && action is { } does)
            {
                rules.Add(new TranslatedRule(draft, does, when));
            }
        }

        if (policy.Rules.Count == 0 && policy.Protections.Count == 0)
        {
            problems.Add(new PolicyExpressionProblem(
                ProblemCodes.NoRules.Code, "", "", "A policy needs at least one rule.", "add one with OnProcessExec or its siblings", "", 0));
        }

        return new TranslatedPolicy(policy, rules, sets, problems);
    }

    private static RuleAction? ActionOf(RuleDraft draft, RuleScope scope)
    {
        switch (draft.Options.Actions)
        {
            case [var only]:
                return only;
            case []:
                scope.Report(ProblemCodes.Action, "", "The rule does not say what a match does.", "add Allow(), Deny(), Kill(), Ask() or Audit()");
                return null;
            case var several:
                scope.Report(
                    ProblemCodes.Action, "", $"The rule says {string.Join(" and ", several.Select(PolicyWords.Of))}.", "leave one of them");
                return null;
        }
    }
}
