namespace Gatehouse.Policy;

/// <summary>Whether a text can be written as UTF-8 and handed to the kernel.</summary>
internal static class TextCheck
{
    public static bool IsSound(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\0' || char.IsLowSurrogate(text[i]))
            {
                return false;
            }

            if (char.IsHighSurrogate(text[i]) && (++i == text.Length || !char.IsLowSurrogate(text[i])))
            {
                return false;
            }
        }

        return true;
    }
}
