namespace Gatehouse.Policy;

/// <summary>The fields a condition may test.</summary>
internal enum ConditionField
{
    ImagePath,
    ImageSha256,
    ImageKind,
}
