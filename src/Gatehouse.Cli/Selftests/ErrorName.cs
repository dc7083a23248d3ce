using System.ComponentModel;
using System.Globalization;

namespace Gatehouse.Cli.Selftests;

/// <summary>Error numbers of Linux that attempts end with.</summary>
internal static class ErrorName
{
    public const int NotPermitted = 1;
    public const int NoEntry = 2;
    public const int AccessDenied = 13;

    /// <summary>"EPERM (Operation not permitted)", or the number with its text.</summary>
    public static string Of(int number)
    {
        var name = number switch
        {
            NotPermitted => "EPERM",
            NoEntry => "ENOENT",
            3 => "ESRCH",
            5 => "EIO",
            8 => "ENOEXEC",
            9 => "EBADF",
            11 => "EAGAIN",
            12 => "ENOMEM",
            AccessDenied => "EACCES",
            14 => "EFAULT",
            16 => "EBUSY",
            17 => "EEXIST",
            18 => "EXDEV",
            19 => "ENODEV",
            20 => "ENOTDIR",
            22 => "EINVAL",
            25 => "ENOTTY",
            26 => "ETXTBSY",
            30 => "EROFS",
            38 => "ENOSYS",
            39 => "ENOTEMPTY",
            95 => "EOPNOTSUPP",
            _ => string.Create(CultureInfo.InvariantCulture, $"error {number}"),
        };
        return $"{name} ({new Win32Exception(number).Message})";
    }
}
