namespace Gatehouse.Policy;

/// <summary>
/// One event as a proposal sees it: the conditions that all events of its rule share, and the one that lists what was seen;
/// or why nothing can be proposed for it.
/// </summary>
/// <param name="Operation">The operation, as <c>on</c> calls it.</param>
/// <param name="Program">Path of the acting program, for the name of the rule and the comments.</param>
/// <param name="Fixed">Conditions joined by <c>&amp;&amp;</c>; events with the same ones make one rule.</param>
/// <param name="ListField">Field of the list, or null.</param>
/// <param name="ListValue">Value of this event in the list, as it is written.</param>
/// <param name="Comment">What the value is, for people.</param>
/// <param name="Problem">Why nothing can be proposed, or null.</param>
internal sealed record LearnedFact(
    string Operation, string Program, string Fixed, string? ListField, string? ListValue, string? Comment, string? Problem)
{
    public static LearnedFact Refused(string operation, string program, string problem) =>
        new(operation, program, "", null, null, null, problem);
}
