using System.Globalization;
using System.Runtime.InteropServices;

namespace Gatehouse.Interop.Linux;

/// <summary>Error numbers of x86-64 Linux that we compare with, and their texts.</summary>
public static class Errno
{
    /// <summary>Operation not permitted: what our hooks return.</summary>
    public const int NotPermitted = 1;

    /// <summary>No such file or directory.</summary>
    public const int NoEntry = 2;

    /// <summary>Interrupted system call.</summary>
    public const int Interrupted = 4;

    /// <summary>Bad file descriptor.</summary>
    public const int BadDescriptor = 9;

    /// <summary>Invalid argument.</summary>
    public const int Invalid = 22;

    /// <summary>Try again.</summary>
    public const int TryAgain = 11;

    /// <summary>Permission denied.</summary>
    public const int AccessDenied = 13;

    /// <summary>File exists.</summary>
    public const int Exists = 17;

    /// <summary>"EPERM (1, Operation not permitted)", or the number with its text for one without a short name here.</summary>
    public static string Describe(int number)
    {
        var name = number switch
        {
            NotPermitted => "EPERM",
            NoEntry => "ENOENT",
            Interrupted => "EINTR",
            7 => "E2BIG",
            BadDescriptor => "EBADF",
            TryAgain => "EAGAIN",
            12 => "ENOMEM",
            AccessDenied => "EACCES",
            14 => "EFAULT",
            16 => "EBUSY",
            Exists => "EEXIST",
            20 => "ENOTDIR",
            21 => "EISDIR",
            Invalid => "EINVAL",
            28 => "ENOSPC",
            38 => "ENOSYS",
            40 => "ELOOP",
            95 => "EOPNOTSUPP",
            _ => "errno",
        };
        return string.Create(CultureInfo.InvariantCulture, $"{name} ({number}, {Marshal.GetPInvokeErrorMessage(number)})");
    }
}
