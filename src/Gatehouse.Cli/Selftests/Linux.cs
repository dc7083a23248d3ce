namespace Gatehouse.Cli.Selftests;

/// <summary>Constants of the kernel's headers, x86-64.</summary>
internal static class Linux
{
    public const long CurrentDirectory = -100;
    public const long EmptyPath = 0x1000;

    public const long ReadOnly = 0;
    public const long WriteOnly = 1;
    public const long ReadWrite = 2;
    public const long Create = 0x40;
    public const long Truncate = 0x200;
    public const long Append = 0x400;
    public const long DirectoryOnly = 0x10000;
    public const long CloseOnExec = 0x80000;
    public const long PathOnly = 0x200000;
    public const long Temporary = 0x410000;

    public const long CanRead = 1;
    public const long CanWrite = 2;
    public const long CanExecute = 4;
    public const long Shared = 1;
    public const long Private = 2;
    public const long Anonymous = 0x20;
    public const long GrowsDown = 0x100;
    public const long PageBytes = 4096;

    public const long ReadImpliesExecute = 0x0400000;
    public const long NewMountNamespace = 0x00020000;
    public const long NewUtsNamespace = 0x04000000;

    public const long MountBind = 0x1000;
    public const long MountRecursive = 0x4000;
    public const long MountPrivate = 0x40000;
    public const long UnmountDetach = 2;

    public const int Signal0 = 0;
    public const int SignalUser2 = 12;
    public const int SignalKill = 9;
    public const int SignalTerminate = 15;
    public const int SignalContinue = 18;
    public const int SignalStop = 19;
    public const int SignalTerminalStop = 20;
    public const int SignalWindow = 28;
    public const int SignalRealTime = 40;
}
