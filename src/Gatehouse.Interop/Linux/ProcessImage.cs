using System.Runtime.InteropServices;

namespace Gatehouse.Interop.Linux;

/// <summary>Exchanges the program that this process executes.</summary>
public static class ProcessImage
{
    /// <summary>Executes a program in this process, under the same process id. Returns only if that failed.</summary>
    /// <param name="program">Path of the program.</param>
    /// <param name="arguments">Its arguments, the name it is called by first.</param>
    /// <param name="environment">Its whole environment, each <c>NAME=VALUE</c>.</param>
    /// <returns>The errno of execve.</returns>
    public static unsafe int Replace(string program, IReadOnlyList<string> arguments, IReadOnlyList<string> environment)
    {
        var argumentTexts = Texts(arguments);
        var environmentTexts = Texts(environment);
        try
        {
            fixed (nint* first = argumentTexts, second = environmentTexts)
                return LibC.execve(program, (byte**)first, (byte**)second) < 0 ? Marshal.GetLastPInvokeError() : 0;
        }
        finally
        {
            Array.ForEach(argumentTexts, Marshal.FreeCoTaskMem);
            Array.ForEach(environmentTexts, Marshal.FreeCoTaskMem);
        }
    }

    /// <summary>With the null that ends the list.</summary>
    private static nint[] Texts(IReadOnlyList<string> texts) => [.. texts.Select(Marshal.StringToCoTaskMemUTF8), 0];
}
