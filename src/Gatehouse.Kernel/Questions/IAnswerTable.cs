using System.Runtime.InteropServices;

namespace Gatehouse.Kernel.Questions;

/// <summary>
/// The answers by which the kernel decides rules with the action <c>ask</c>. A file without an answer there gets the rule's
/// <c>onMiss</c>, so whatever fails here, and whoever is late, ends in that.
/// </summary>
/// <remarks>Thread-safe. A client is a bit: that of its slot, 0 to 15.</remarks>
public interface IAnswerTable
{
    /// <summary>
    /// Begins with no answers: those of an earlier agent are forgotten, because its slots meant other clients. From now on the kernel
    /// notes which content a descriptor stands for that <paramref name="askingProcess"/> gets.
    /// </summary>
    /// <exception cref="KernelGateException">Nothing is noted; nobody can be asked, so every rule gets its <c>onMiss</c>.</exception>
    void Begin(int askingProcess);

    /// <summary>
    /// Which content the descriptor stands for: that of the moment when it was made, so before anybody could read from it.
    /// </summary>
    /// <returns>False if the kernel side has not noted it. Then nobody can be asked about this file.</returns>
    bool TryFind(SafeHandle descriptor, out AskedContent content);

    /// <summary>Adds answers for a content. They count for nothing if the file has changed since.</summary>
    /// <param name="content">What the clients were asked about.</param>
    /// <param name="allowed">The clients that allow it.</param>
    /// <param name="denied">The clients that deny it.</param>
    /// <exception cref="KernelGateException">They are not kept: the rules get their <c>onMiss</c>.</exception>
    void Keep(in AskedContent content, ushort allowed, ushort denied);

    /// <summary>Forgets every answer of these clients.</summary>
    /// <exception cref="KernelGateException">They go on to count.</exception>
    void Forget(ushort clients);

    /// <summary>Nobody is asked any more; every rule gets its <c>onMiss</c>. Does not throw.</summary>
    void End();
}
