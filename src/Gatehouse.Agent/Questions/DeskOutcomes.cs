namespace Gatehouse.Agent.Questions;

/// <summary>What became of an answer.</summary>
internal enum AnswerOutcome
{
    InTime,
    Late,
    AlreadyAnswered,
    Unknown,
    WrongToken,
}
