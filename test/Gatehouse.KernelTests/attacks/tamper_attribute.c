/* SPDX-License-Identifier: Apache-2.0 */
/* Ways to change modes, owners, times and attributes. */
#include "tamper.h"
#include <linux/fs.h>
#include <sys/xattr.h>

/* Calls that the C library does not know; the same on every architecture. */
enum { CALL_FCHMODAT2 = 452, CALL_SETXATTRAT = 463, CALL_REMOVEXATTRAT = 466, CALL_FILE_SETATTR = 469 };

static mode_t mode_of(const char *path)
{
	struct stat status;

	tamper_need("lstat", lstat(path, &status));
	return status.st_mode & 07777;
}

static _Noreturn void mode_changed(const char *path, mode_t before)
{
	tamper_see(mode_of(path) != before, "the mode is as it was");
	tamper_undo();
	tamper_need("chmod", chmod(path, before));
	tamper_worked();
}

static void change_mode(const char *path)
{
	mode_t before = mode_of(path);

	tamper_try("chmod", chmod(path, before ^ 0022));
	mode_changed(path, before);
}

static void by_chmod(void)
{
	change_mode(tamper_file());
}

static void by_chmod_folder(void)
{
	change_mode(tamper_folder);
}

static void by_chmod_sub(void)
{
	change_mode(tamper_in("sub"));
}

static void by_fchmod(void)
{
	mode_t before = mode_of(tamper_file());

	tamper_try("fchmod", fchmod(tamper_need("open", open(tamper_file(), O_RDONLY)), 04755));
	mode_changed(tamper_file(), before);
}

static void by_fchmodat(void)
{
	mode_t before = mode_of(tamper_file());
	int folder = tamper_need("open", open(tamper_folder, O_PATH));

	tamper_try("fchmodat", fchmodat(folder, "file", 0600, 0));
	mode_changed(tamper_file(), before);
}

static void by_fchmodat2(void)
{
	mode_t before = mode_of(tamper_file());
	int fd = tamper_need("open", open(tamper_file(), O_PATH));

	tamper_try("fchmodat2", syscall(CALL_FCHMODAT2, fd, "", 0600, AT_EMPTY_PATH));
	mode_changed(tamper_file(), before);
}

static void owner_changed(const char *path)
{
	struct stat status;

	tamper_need("lstat", lstat(path, &status));
	tamper_see(status.st_uid == 12345 && status.st_gid == 12345, "the owner is as it was");
	tamper_undo();
	tamper_need("lchown", lchown(path, 0, 0));
	tamper_worked();
}

static void by_chown(void)
{
	tamper_try("chown", chown(tamper_file(), 12345, 12345));
	owner_changed(tamper_file());
}

static void by_fchown(void)
{
	tamper_try("fchown", fchown(tamper_need("open", open(tamper_file(), O_RDONLY)), 12345, 12345));
	owner_changed(tamper_file());
}

static void by_fchownat(void)
{
	int fd = tamper_need("open", open(tamper_file(), O_PATH));

	tamper_try("fchownat", fchownat(fd, "", 12345, 12345, AT_EMPTY_PATH));
	owner_changed(tamper_file());
}

static void by_lchown(void)
{
	tamper_try("lchown", lchown(tamper_in("link"), 12345, 12345));
	owner_changed(tamper_in("link"));
}

static void by_chown_folder(void)
{
	tamper_try("chown", chown(tamper_folder, 12345, 12345));
	owner_changed(tamper_folder);
}

static void by_chown_parent(void)
{
	tamper_try("chown", chown(tamper_parent, 12345, 12345));
	owner_changed(tamper_parent);
}

static _Noreturn void time_changed(const char *path, const struct timespec before[2])
{
	struct stat status;

	tamper_need("stat", stat(path, &status));
	tamper_see(status.st_mtime == 1000, "the time is as it was");
	tamper_undo();
	tamper_need("utimensat", utimensat(AT_FDCWD, path, before, 0));
	tamper_worked();
}

static void change_time(const char *path, int by_descriptor)
{
	struct stat status;
	struct timespec times[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};

	tamper_need("stat", stat(path, &status));
	if (by_descriptor)
		tamper_try("futimens", futimens(tamper_need("open", open(path, O_RDONLY)), times));
	else
		tamper_try("utimensat", utimensat(AT_FDCWD, path, times, 0));
	time_changed(path, (struct timespec[2]){status.st_atim, status.st_mtim});
}

static void by_utimens(void)
{
	change_time(tamper_file(), 0);
}

static void by_futimens(void)
{
	change_time(tamper_file(), 1);
}

static void by_utimens_folder(void)
{
	change_time(tamper_folder, 0);
}

static void set_xattr(const char *name, const char *value, int size)
{
	char seen[64];

	tamper_try("setxattr", setxattr(tamper_file(), name, value, size, 0));
	tamper_see(getxattr(tamper_file(), name, seen, sizeof(seen)) == size, "there is no attribute");
	tamper_undo();
	tamper_need("removexattr", removexattr(tamper_file(), name));
	tamper_worked();
}

static void by_user(void)
{
	set_xattr("user.made", "value", 5);
}

static void by_trusted(void)
{
	set_xattr("trusted.made", "value", 5);
}

static void by_security(void)
{
	set_xattr("security.made", "value", 5);
}

/* All capabilities when it is executed, version 2, effective. */
static void by_capability(void)
{
	set_xattr("security.capability", "\1\0\0\2\377\377\377\377\0\0\0\0\377\1\0\0\0\0\0\0", 20);
}

/* Version 2: owner rw, user 12345 rwx, group r, mask rwx, others r. The mask becomes the group's part of the mode. */
static void by_acl(void)
{
	static const unsigned char list[] = {2, 0,  0,	 0,   1,   0,	6,  0, 255, 255, 255, 255, 2,	0,  7,
					     0, 57, 48,	 0,   0,   4,	0,  4, 0,   255, 255, 255, 255, 16, 0,
					     7, 0,  255, 255, 255, 255, 32, 0, 4,   0,	 255, 255, 255, 255};
	mode_t before = mode_of(tamper_file());
	char seen[64];

	tamper_try("setxattr", setxattr(tamper_file(), "system.posix_acl_access", list, sizeof(list), 0));
	tamper_see(getxattr(tamper_file(), "system.posix_acl_access", seen, sizeof(seen)) == sizeof(list),
		   "there is no list");
	tamper_undo();
	tamper_need("removexattr", removexattr(tamper_file(), "system.posix_acl_access"));
	tamper_need("chmod", chmod(tamper_file(), before));
	tamper_worked();
}

static void removed_xattr(void)
{
	tamper_see(getxattr(tamper_file(), TAMPER_XATTR, NULL, 0) < 0, "the attribute is there");
	tamper_undo();
	tamper_need("setxattr", setxattr(tamper_file(), TAMPER_XATTR, "kept", 4, 0));
	tamper_worked();
}

static void need_xattr(void)
{
	if (getxattr(tamper_file(), TAMPER_XATTR, NULL, 0) < 0)
		tamper_unsupported("the file has no attribute to lose");
}

static void by_remove(void)
{
	need_xattr();
	tamper_try("removexattr", removexattr(tamper_file(), TAMPER_XATTR));
	removed_xattr();
}

static void by_fremove(void)
{
	need_xattr();
	tamper_try("fremovexattr", fremovexattr(tamper_need("open", open(tamper_file(), O_RDONLY)), TAMPER_XATTR));
	removed_xattr();
}

static void by_removeat(void)
{
	need_xattr();
	tamper_try("removexattrat", syscall(CALL_REMOVEXATTRAT, AT_FDCWD, tamper_file(), 0, TAMPER_XATTR));
	removed_xattr();
}

static void by_setat(void)
{
	struct {
		uint64_t value;
		uint32_t size, flags;
	} arguments = {(uintptr_t) "value", 5, 0};

	tamper_try("setxattrat",
		   syscall(CALL_SETXATTRAT, AT_FDCWD, tamper_file(), 0, "user.made", &arguments, sizeof(arguments)));
	tamper_see(getxattr(tamper_file(), "user.made", NULL, 0) == 5, "there is no attribute");
	tamper_undo();
	tamper_need("removexattr", removexattr(tamper_file(), "user.made"));
	tamper_worked();
}

static void need_ioctl(const char *call, int result)
{
	if (result && (errno == ENOTTY || errno == EINVAL))
		tamper_unsupported(call);
	tamper_try(call, result);
}

static void set_flag(const char *path, int flag)
{
	int fd = tamper_need("open", open(path, O_RDONLY)), flags, changed;

	need_ioctl("FS_IOC_GETFLAGS", ioctl(fd, FS_IOC_GETFLAGS, &flags));
	changed = flags | flag;
	need_ioctl("FS_IOC_SETFLAGS", ioctl(fd, FS_IOC_SETFLAGS, &changed));
	changed = 0;
	tamper_need("FS_IOC_GETFLAGS", ioctl(fd, FS_IOC_GETFLAGS, &changed));
	tamper_see(changed & flag, "the flag is not set");
	/* The flag holds for root, too. */
	if (flag == FS_IMMUTABLE_FL)
		tamper_see(chmod(path, 0700) < 0, "the mode can be changed");
	tamper_undo();
	tamper_need("FS_IOC_SETFLAGS", ioctl(fd, FS_IOC_SETFLAGS, &flags));
	tamper_worked();
}

static void by_immutable(void)
{
	set_flag(tamper_file(), FS_IMMUTABLE_FL);
}

static void by_append_only(void)
{
	set_flag(tamper_file(), FS_APPEND_FL);
}

static void by_immutable_folder(void)
{
	set_flag(tamper_folder, FS_IMMUTABLE_FL);
}

static void by_fsxattr(void)
{
	struct fsxattr before, changed;
	int fd = tamper_need("open", open(tamper_file(), O_RDONLY));

	need_ioctl("FS_IOC_FSGETXATTR", ioctl(fd, FS_IOC_FSGETXATTR, &before));
	changed = before;
	changed.fsx_xflags |= FS_XFLAG_NODUMP;
	need_ioctl("FS_IOC_FSSETXATTR", ioctl(fd, FS_IOC_FSSETXATTR, &changed));
	changed.fsx_xflags = 0;
	tamper_need("FS_IOC_FSGETXATTR", ioctl(fd, FS_IOC_FSGETXATTR, &changed));
	tamper_see(changed.fsx_xflags & FS_XFLAG_NODUMP, "the flag is not set");
	tamper_undo();
	tamper_need("FS_IOC_FSSETXATTR", ioctl(fd, FS_IOC_FSSETXATTR, &before));
	tamper_worked();
}

/* The same by path. */
static void by_file_setattr(void)
{
	struct {
		uint64_t flags;
		uint32_t extent, extents, project, copy_extent;
	} before = {0}, changed;
	struct fsxattr seen;
	int fd = tamper_need("open", open(tamper_file(), O_RDONLY));

	need_ioctl("FS_IOC_FSGETXATTR", ioctl(fd, FS_IOC_FSGETXATTR, &seen));
	before.flags = seen.fsx_xflags & ~FS_XFLAG_HASATTR;
	before.project = seen.fsx_projid;
	changed = before;
	changed.flags |= FS_XFLAG_NODUMP;
	tamper_try("file_setattr", syscall(CALL_FILE_SETATTR, AT_FDCWD, tamper_file(), &changed, sizeof(changed), 0));
	tamper_need("FS_IOC_FSGETXATTR", ioctl(fd, FS_IOC_FSGETXATTR, &seen));
	tamper_see(seen.fsx_xflags & FS_XFLAG_NODUMP, "the flag is not set");
	tamper_undo();
	tamper_need("file_setattr", syscall(CALL_FILE_SETATTR, AT_FDCWD, tamper_file(), &before, sizeof(before), 0));
	tamper_worked();
}

const struct tamper_way tamper_attribute_ways[] = {
    {"chmod", by_chmod, "attribute"},
    {"fchmod", by_fchmod, "attribute"},
    {"fchmodat", by_fchmodat, "attribute"},
    {"fchmodat2", by_fchmodat2, "attribute"},
    {"chmod-folder", by_chmod_folder, "attribute"},
    {"chmod-sub", by_chmod_sub, "attribute"},
    {"chown", by_chown, "attribute"},
    {"fchown", by_fchown, "attribute"},
    {"fchownat", by_fchownat, "attribute"},
    {"lchown", by_lchown, "attribute"},
    {"chown-folder", by_chown_folder, "attribute"},
    {"chown-parent", by_chown_parent, "attribute"},
    {"utimensat", by_utimens, "attribute"},
    {"futimens", by_futimens, "attribute"},
    {"utimensat-folder", by_utimens_folder, "attribute"},
    {"setxattr-user", by_user, "attribute"},
    {"setxattr-trusted", by_trusted, "attribute"},
    {"setxattr-security", by_security, "attribute"},
    {"setxattr-capability", by_capability, "attribute"},
    {"setxattr-acl", by_acl, "attribute"},
    {"setxattrat", by_setat, "attribute"},
    {"removexattr", by_remove, "attribute"},
    {"fremovexattr", by_fremove, "attribute"},
    {"removexattrat", by_removeat, "attribute"},
    {"immutable", by_immutable, "attribute"},
    {"append-only", by_append_only, "attribute"},
    {"immutable-folder", by_immutable_folder, "attribute"},
    {"fssetxattr", by_fsxattr, "attribute"},
    {"file-setattr", by_file_setattr, "attribute"},
    {},
};
