using static Gatehouse.Cli.Selftests.Linux;

namespace Gatehouse.Cli.Selftests;

/// <summary>Changing files and folders that a seal keeps: the sacrificial ones below the agent's folder. Whatever succeeds is undone at once.</summary>
internal static class FileWays
{
    private const string Disable = "T1562.001";
    private const string Destroy = "T1485";
    private const string Change = "T1565.001";
    private const string Hijack = "T1574";
    private const string Rights = "T1222.002";
    private const string Mounts = "T1564.013";
    private const string DiskName = "tmpfs";

    public static IEnumerable<Way> All { get; } =
    [
        Of("open-write", Change, "open for writing", static t => t.Open(t.KeptFile, WriteOnly)),
        Of("open-read-write", Change, "open for reading and writing", static t => t.Open(t.KeptFile, ReadWrite)),
        Of("open-append", Change, "open for appending", static t => t.Open(t.KeptFile, WriteOnly | Append)),
        Of("open-truncate", Destroy, "open with O_TRUNC", static t => t.Open(t.KeptFile, WriteOnly | Truncate)),
        Of("open-second", Change, "openat2 for writing", static t => t.Call(SystemCall.Openat2, CurrentDirectory, t.Text(t.KeptFile), t.Actor.Numbers(WriteOnly, 0, 0), 24)),
        Of("open-again", Change, "open for reading, opened again for writing by /proc/self/fd",
            static t => t.Open(string.Create(null, $"/proc/self/fd/{Need(t.Open(t.KeptFile, ReadOnly))}"), WriteOnly)),
        Of("open-by-handle", Change, "open_by_handle_at for writing", ByHandle),
        Of("open-in-root", Change, "open for writing in another root", InRoot),
        Of("open-by-bind", Change, "open for writing through a bind mount in a mount namespace of its own", ByBind),
        Of("truncate", Destroy, "truncate", static t => t.Call(SystemCall.Truncate, t.Text(t.KeptFile), 0)),
        Of("unlink", Destroy, "unlink", static t => t.Call(SystemCall.Unlink, t.Text(t.KeptFile))),
        Of("remove-folder", Destroy, "rmdir of a folder in it", static t => t.Call(SystemCall.Rmdir, t.Text(Path.Combine(t.Kept, "inner")))),
        Of("rename-away", Disable, "rename of the file", static t => Rename(t, t.KeptFile, Path.Combine(t.Kept, "away"))),
        Of("rename-out", Disable, "rename of the file to another folder", static t => Rename(t, t.KeptFile, t.Own("out"))),
        Of("rename-over", Hijack, "rename of another file over it", static t => t.Call(SystemCall.Rename, t.Text(OwnFile(t)), t.Text(t.KeptFile))),
        Of("exchange", Hijack, "exchange with another file (RENAME_EXCHANGE)", Exchange),
        Of("rename-folder", Disable, "rename of its folder", static t => Rename(t, t.Kept, t.Kept + ".away")),
        Of("rename-folder-above", Disable, "rename of the folder above its folder", RenameAbove),
        Of("link-out", Hijack, "a second name elsewhere", static t => t.Call(SystemCall.Link, t.Text(t.KeptFile), t.Text(t.Own("second-name")))),
        Of("link-in", Hijack, "a file of somebody's linked into its folder", static t => t.Call(SystemCall.Link, t.Text(OwnFile(t)), t.Text(Path.Combine(t.Kept, "linked")))),
        Of("link-unnamed-in", Hijack, "a file without a name linked into its folder", LinkUnnamed),
        Of("symbolic-link-in", Hijack, "a symbolic link in its folder", static t => t.Call(SystemCall.Symlink, t.Text("/nowhere"), t.Text(Path.Combine(t.Kept, "symbolic")))),
        Of("create-in", Hijack, "a new file in its folder", static t => t.Open(Path.Combine(t.Kept, "new"), WriteOnly | Create, 0x180)),
        Of("folder-in", Hijack, "a new folder in its folder", static t => t.Call(SystemCall.Mkdir, t.Text(Path.Combine(t.Kept, "folder")), 0x1c0)),
        Of("pipe-in", Hijack, "a named pipe in its folder", static t => t.Call(SystemCall.Mknod, t.Text(Path.Combine(t.Kept, "pipe")), 0x1180, 0)),
        Of("chmod", Rights, "chmod", static t => t.Call(SystemCall.Chmod, t.Text(t.KeptFile), 0x1b6)),
        Of("chmod-folder", Rights, "chmod of its folder", static t => t.Call(SystemCall.Chmod, t.Text(t.Kept), 0x1ff)),
        Of("chown", Rights, "chown, to another group", static t => t.Call(SystemCall.Chown, t.Text(t.KeptFile), -1, 1)),
        Of("times", "T1070.006", "utimensat", static t => t.Call(SystemCall.Utimensat, CurrentDirectory, t.Text(t.KeptFile), t.Actor.Numbers(1, 0, 1, 0), 0)),
        Of("attribute", Rights, "setxattr", static t => t.Call(SystemCall.Setxattr, t.Text(t.KeptFile), t.Text("trusted.selftest"), t.Text("x"), 1, 0)),
        Of("flags", Rights, "ioctl FS_IOC_SETFLAGS, with the flags that it has", Flags),
        Of("mount-over-folder", Mounts, "mount over its folder", static t => Mount(
            t, t.Kept, place => t.Call(SystemCall.Mount, t.Text(DiskName), place, t.Text(DiskName), 0, 0))),
        Of("bind-over-folder", Mounts, "bind mount over its folder", static t => Mount(
            t, t.Kept, place => t.Call(SystemCall.Mount, t.Text(OwnFolder(t)), place, 0, MountBind, 0))),
        Of("bind-over-file", Mounts, "bind mount over the file", static t => Mount(
            t, t.KeptFile, place => t.Call(SystemCall.Mount, t.Text(OwnFile(t)), place, 0, MountBind, 0))),
        Of("move-mount-over-folder", Mounts, "open_tree and move_mount over its folder", static t => Mount(t, t.Kept, place => MoveMount(t, place))),
    ];

    private static Way Of(string name, string technique, string summary, Func<Trial, long> attempt) => new(name, WayClass.Tamper, technique, summary, attempt);

    private static long Need(long result) => Trial.Need(result, "a step before the attempt");

    private static string OwnFile(Trial trial)
    {
        var file = trial.Own("other");
        System.IO.File.WriteAllText(file, "other\n");
        return file;
    }

    private static string OwnFolder(Trial trial)
    {
        var folder = trial.Own("other-folder");
        Directory.CreateDirectory(folder);
        return folder;
    }

    private static long Rename(Trial trial, string from, string to)
    {
        var result = trial.Call(SystemCall.Rename, trial.Text(from), trial.Text(to));
        if (result >= 0)
        {
            trial.Call(SystemCall.Rename, trial.Text(to), trial.Text(from));
        }

        return result;
    }

    private static long RenameAbove(Trial trial)
    {
        var above = Path.GetDirectoryName(trial.Kept)!;
        return Rename(trial, above, above + ".away");
    }

    private static long Exchange(Trial trial)
    {
        const long exchange = 2;
        var (own, kept) = (trial.Text(OwnFile(trial)), trial.Text(trial.KeptFile));
        var result = trial.Call(SystemCall.Renameat2, CurrentDirectory, own, CurrentDirectory, kept, exchange);
        if (result >= 0)
        {
            trial.Call(SystemCall.Renameat2, CurrentDirectory, own, CurrentDirectory, kept, exchange);
        }

        return result;
    }

    private static long LinkUnnamed(Trial trial)
    {
        const long followLinks = 0x400;
        var descriptor = Need(trial.Open(trial.Scratch, WriteOnly | Temporary, 0x180));
        return trial.Call(
            SystemCall.Linkat,
            CurrentDirectory,
            trial.Text(string.Create(null, $"/proc/self/fd/{descriptor}")),
            CurrentDirectory,
            trial.Text(Path.Combine(trial.Kept, "unnamed")),
            followLinks);
    }

    /// <summary>struct file_handle: room for 128 bytes, of which the kernel takes what it needs.</summary>
    private static long ByHandle(Trial trial)
    {
        const int most = 128;
        var handle = trial.Actor.Numbers(most, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        Need(trial.Call(SystemCall.NameToHandleAt, CurrentDirectory, trial.Text(trial.KeptFile), handle, trial.Actor.Room(8), 0));
        return trial.Call(SystemCall.OpenByHandleAt, Need(trial.Open(trial.Kept, ReadOnly | DirectoryOnly)), handle, WriteOnly);
    }

    private static long InRoot(Trial trial)
    {
        Need(trial.Call(SystemCall.Chroot, trial.Text(trial.Kept)));
        return trial.Open("/file", WriteOnly);
    }

    private static long ByBind(Trial trial)
    {
        var place = OwnFolder(trial);
        Need(trial.Call(SystemCall.Unshare, NewMountNamespace));
        Need(trial.Call(SystemCall.Mount, 0, trial.Text("/"), 0, MountPrivate | MountRecursive, 0));
        Need(trial.Call(SystemCall.Mount, trial.Text(trial.Kept), trial.Text(place), 0, MountBind, 0));
        return trial.Open(Path.Combine(place, "file"), WriteOnly);
    }

    private static long Flags(Trial trial)
    {
        const long get = 0x80086601;
        const long set = 0x40086602;
        var descriptor = Need(trial.Open(trial.KeptFile, ReadOnly));
        var flags = trial.Actor.Room(8);
        Need(trial.Call(SystemCall.Ioctl, descriptor, get, flags));
        return trial.Call(SystemCall.Ioctl, descriptor, set, flags);
    }

    private static long MoveMount(Trial trial, long place)
    {
        const long clone = 1;
        const long fromEmptyPath = 4;
        var tree = Need(trial.Call(SystemCall.OpenTree, CurrentDirectory, trial.Text(OwnFolder(trial)), clone));
        return trial.Call(SystemCall.MoveMount, tree, trial.Text(""), CurrentDirectory, place, fromEmptyPath);
    }

    private static long Mount(Trial trial, string place, Func<long, long> mount)
    {
        var text = trial.Text(place);
        var result = mount(text);
        if (result >= 0)
        {
            trial.Call(SystemCall.Umount2, text, UnmountDetach);
        }

        return result;
    }
}
