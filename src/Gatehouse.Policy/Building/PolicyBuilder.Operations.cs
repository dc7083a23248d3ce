using System.Linq.Expressions;
using System.Runtime.CompilerServices;

namespace Gatehouse.Policy;

/// <content>One method for each operation. File and line are filled in by the compiler and stand in messages.</content>
public sealed partial class PolicyBuilder
{
    /// <summary>A rule on <c>process.create</c>: a process is forked.</summary>
    /// <param name="when">The condition.</param>
    /// <param name="rule">What a match does, and what is said of the rule.</param>
    /// <param name="file">Left to the compiler.</param>
    /// <param name="line">Left to the compiler.</param>
    public PolicyBuilder OnProcessCreate(
        Expression<Func<ICreateFields, bool>> when,
        Action<RuleOptions> rule,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) => Add(RuleOperations.ProcessCreate, when, rule, file, line);

    /// <summary>A rule on <c>process.exec</c>: a program is started.</summary>
    /// <param name="when">The condition.</param>
    /// <param name="rule">What a match does, and what is said of the rule.</param>
    /// <param name="file">Left to the compiler.</param>
    /// <param name="line">Left to the compiler.</param>
    public PolicyBuilder OnProcessExec(
        Expression<Func<IExecFields, bool>> when,
        Action<RuleOptions> rule,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) => Add(RuleOperations.ProcessExec, when, rule, file, line);

    /// <summary>A rule on <c>process.exit</c>: a process ends; the rule can only audit.</summary>
    /// <param name="when">The condition.</param>
    /// <param name="rule">What a match does, and what is said of the rule.</param>
    /// <param name="file">Left to the compiler.</param>
    /// <param name="line">Left to the compiler.</param>
    public PolicyBuilder OnProcessExit(
        Expression<Func<IExitFields, bool>> when,
        Action<RuleOptions> rule,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) => Add(RuleOperations.ProcessExit, when, rule, file, line);

    /// <summary>A rule on <c>process.open</c>: a process reaches for another one, with one right.</summary>
    /// <param name="when">The condition.</param>
    /// <param name="rule">What a match does, and what is said of the rule.</param>
    /// <param name="file">Left to the compiler.</param>
    /// <param name="line">Left to the compiler.</param>
    public PolicyBuilder OnProcessOpen(
        Expression<Func<IOpenFields, bool>> when,
        Action<RuleOptions> rule,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) => Add(RuleOperations.ProcessOpen, when, rule, file, line);

    /// <summary>A rule on <c>process.credentials</c>: users, groups, capabilities or the user namespace change.</summary>
    /// <param name="when">The condition.</param>
    /// <param name="rule">What a match does, and what is said of the rule.</param>
    /// <param name="file">Left to the compiler.</param>
    /// <param name="line">Left to the compiler.</param>
    public PolicyBuilder OnProcessCredentials(
        Expression<Func<ICredentialsFields, bool>> when,
        Action<RuleOptions> rule,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) => Add(RuleOperations.ProcessCredentials, when, rule, file, line);

    /// <summary>A rule on <c>thread.create</c>: a thread is made, also a worker of io_uring.</summary>
    /// <param name="when">The condition.</param>
    /// <param name="rule">What a match does, and what is said of the rule.</param>
    /// <param name="file">Left to the compiler.</param>
    /// <param name="line">Left to the compiler.</param>
    public PolicyBuilder OnThreadCreate(
        Expression<Func<IThreadCreateFields, bool>> when,
        Action<RuleOptions> rule,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) => Add(RuleOperations.ThreadCreate, when, rule, file, line);

    /// <summary>A rule on <c>thread.open</c>: a process reaches for a thread that is not its process's first.</summary>
    /// <param name="when">The condition.</param>
    /// <param name="rule">What a match does, and what is said of the rule.</param>
    /// <param name="file">Left to the compiler.</param>
    /// <param name="line">Left to the compiler.</param>
    public PolicyBuilder OnThreadOpen(
        Expression<Func<IOpenFields, bool>> when,
        Action<RuleOptions> rule,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) => Add(RuleOperations.ThreadOpen, when, rule, file, line);

    /// <summary>A rule on <c>image.load</c>: a file is loaded as executable or mapped as library, or something into the kernel.</summary>
    /// <param name="when">The condition.</param>
    /// <param name="rule">What a match does, and what is said of the rule.</param>
    /// <param name="file">Left to the compiler.</param>
    /// <param name="line">Left to the compiler.</param>
    public PolicyBuilder OnImageLoad(
        Expression<Func<ILoadFields, bool>> when,
        Action<RuleOptions> rule,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) => Add(RuleOperations.ImageLoad, when, rule, file, line);

    /// <summary>A rule on <c>memory.map</c>: memory is mapped executable, or is so at the end of an exec.</summary>
    /// <param name="when">The condition.</param>
    /// <param name="rule">What a match does, and what is said of the rule.</param>
    /// <param name="file">Left to the compiler.</param>
    /// <param name="line">Left to the compiler.</param>
    public PolicyBuilder OnMemoryMap(
        Expression<Func<IMemoryFields, bool>> when,
        Action<RuleOptions> rule,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) => Add(RuleOperations.MemoryMap, when, rule, file, line);

    /// <summary>A rule on <c>memory.protect</c>: memory becomes executable, or writable while it is.</summary>
    /// <param name="when">The condition.</param>
    /// <param name="rule">What a match does, and what is said of the rule.</param>
    /// <param name="file">Left to the compiler.</param>
    /// <param name="line">Left to the compiler.</param>
    public PolicyBuilder OnMemoryProtect(
        Expression<Func<IMemoryProtectFields, bool>> when,
        Action<RuleOptions> rule,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) => Add(RuleOperations.MemoryProtect, when, rule, file, line);

    /// <summary>A rule on <c>memory.write-text</c>: a process writes to its own memory through procfs, whatever its protection.</summary>
    /// <param name="when">The condition.</param>
    /// <param name="rule">What a match does, and what is said of the rule.</param>
    /// <param name="file">Left to the compiler.</param>
    /// <param name="line">Left to the compiler.</param>
    public PolicyBuilder OnMemoryWriteText(
        Expression<Func<IOperationFields, bool>> when,
        Action<RuleOptions> rule,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) => Add(RuleOperations.MemoryWriteText, when, rule, file, line);

    /// <summary>A rule on <c>memory.userfaultfd</c>: a process makes a descriptor by which it can hold up page faults.</summary>
    /// <param name="when">The condition.</param>
    /// <param name="rule">What a match does, and what is said of the rule.</param>
    /// <param name="file">Left to the compiler.</param>
    /// <param name="line">Left to the compiler.</param>
    public PolicyBuilder OnMemoryUserfaultfd(
        Expression<Func<IOperationFields, bool>> when,
        Action<RuleOptions> rule,
        [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) => Add(RuleOperations.MemoryUserfaultfd, when, rule, file, line);
}
