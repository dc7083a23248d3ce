/* SPDX-License-Identifier: Apache-2.0 */
/* Ways to change what is in FOLDER by which name, and where FOLDER is. */
#include "tamper.h"
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/xattr.h>

static _Noreturn void moved_back(const char *from, const char *to)
{
	tamper_undo();
	tamper_need("rename", rename(from, to));
	tamper_worked();
}

/* The same file again, though another inode: what has lost its last name gets no name again. */
static _Noreturn void made_again(void)
{
	int fd;

	tamper_undo();
	fd = tamper_need("open", open(tamper_file(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
	tamper_need("write", write(fd, TAMPER_TEXT, TAMPER_LENGTH));
	fsetxattr(fd, TAMPER_XATTR, "kept", 4, 0);
	tamper_worked();
}

static _Noreturn void gone(void)
{
	tamper_see(!tamper_exists(tamper_file()), "the file is there");
	made_again();
}

static void by_unlink(void)
{
	tamper_try("unlink", unlink(tamper_file()));
	gone();
}

static void by_unlinkat(void)
{
	int folder = tamper_need("open", open(tamper_folder, O_RDONLY | O_DIRECTORY));

	tamper_try("unlinkat", unlinkat(folder, "file", 0));
	gone();
}

static void by_rmdir(void)
{
	tamper_try("rmdir", rmdir(tamper_in("empty")));
	tamper_see(!tamper_exists(tamper_in("empty")), "the folder is there");
	tamper_undo();
	tamper_need("mkdir", mkdir(tamper_in("empty"), 0755));
	tamper_worked();
}

static _Noreturn void made(const char *call, int result, int flags)
{
	char *path = tamper_in("made");

	tamper_try(call, result);
	tamper_see(tamper_exists(path), "it is not there");
	tamper_undo();
	tamper_need("unlinkat", unlinkat(AT_FDCWD, path, flags));
	tamper_worked();
}

static void by_create(void)
{
	made("open", open(tamper_in("made"), O_WRONLY | O_CREAT | O_EXCL, 0644), 0);
}

static void by_mkdir(void)
{
	made("mkdir", mkdir(tamper_in("made"), 0755), AT_REMOVEDIR);
}

static void by_fifo(void)
{
	made("mknod", mknod(tamper_in("made"), S_IFIFO | 0644, 0), 0);
}

static void by_regular(void)
{
	made("mknod", mknod(tamper_in("made"), S_IFREG | 0644, 0), 0);
}

/* /dev/null */
static void by_device(void)
{
	made("mknod", mknod(tamper_in("made"), S_IFCHR | 0600, makedev(1, 3)), 0);
}

static void by_symlink(void)
{
	made("symlink", symlink("file", tamper_in("made")), 0);
}

static void by_deep(void)
{
	char *path = tamper_in("sub/made");

	tamper_try("open", open(path, O_WRONLY | O_CREAT | O_EXCL, 0644));
	tamper_see(tamper_exists(path), "it is not there");
	tamper_undo();
	tamper_need("unlink", unlink(path));
	tamper_worked();
}

static void by_socket(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	/* A socket's name has not room for every path. */
	tamper_need("chdir", chdir(tamper_folder));
	strcpy(address.sun_path, "made");
	made("bind", bind(tamper_need("socket", socket(AF_UNIX, SOCK_STREAM, 0)), (void *)&address, sizeof(address)),
	     0);
}

static void by_tmpfile(void)
{
	char path[64];
	int fd = open(tamper_folder, O_TMPFILE | O_WRONLY, 0644);

	tamper_try("O_TMPFILE", fd);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	made("linkat", linkat(AT_FDCWD, path, AT_FDCWD, tamper_in("made"), AT_SYMLINK_FOLLOW), 0);
}

static void by_link_in(void)
{
	made("link", link(tamper_own_file("mine", "mine"), tamper_in("made")), 0);
}

static void by_rename_in(void)
{
	made("rename", rename(tamper_own_file("mine", "mine"), tamper_in("made")), 0);
}

static void by_rename_in_exclusive(void)
{
	made("renameat2",
	     renameat2(AT_FDCWD, tamper_own_file("mine", "mine"), AT_FDCWD, tamper_in("made"), RENAME_NOREPLACE), 0);
}

static void dump(const void *folder)
{
	struct rlimit all = {RLIM_INFINITY, RLIM_INFINITY};

	tamper_need("setrlimit", setrlimit(RLIMIT_CORE, &all));
	tamper_need("chdir", chdir(folder));
	raise(SIGQUIT);
}

static int leaves_core(const char *folder)
{
	waitpid(tamper_start(dump, folder), NULL, 0);
	tamper_need("chdir", chdir(folder));
	return tamper_exists("core");
}

/* The kernel makes a file where the process stands that dies. */
static void by_core(void)
{
	if (!leaves_core(tamper_own("")))
		tamper_unsupported("cores go elsewhere here");
	if (!leaves_core(tamper_in("empty"))) {
		/* The kernel tells nobody why; elsewhere it did make one. */
		errno = EACCES;
		tamper_failed("core");
	}
	tamper_undo();
	tamper_need("unlink", unlink("core"));
	tamper_worked();
}

/* Outside, the file can be written under a name that no rule knows. */
static void linked(const char *call, int result)
{
	char *other = tamper_own("linked");

	tamper_try(call, result);
	tamper_try("write", tamper_write(other, TAMPER_OTHER));
	tamper_see(tamper_holds(tamper_file(), TAMPER_OTHER), "the file does not show it");
	tamper_restore();
	tamper_need("unlink", unlink(other));
	tamper_worked();
}

static void by_link_out(void)
{
	linked("link", link(tamper_file(), tamper_own("linked")));
}

static void by_link_descriptor(void)
{
	int fd = tamper_need("open", open(tamper_file(), O_PATH));

	linked("linkat", linkat(fd, "", AT_FDCWD, tamper_own("linked"), AT_EMPTY_PATH));
}

static void by_rename_away(void)
{
	char *other = tamper_own("taken");

	tamper_try("rename", rename(tamper_file(), other));
	tamper_see(!tamper_exists(tamper_file()) && tamper_holds(other, TAMPER_TEXT), "the file is there");
	moved_back(other, tamper_file());
}

static void by_rename_within(void)
{
	char *other = tamper_in("empty/taken");

	tamper_try("rename", rename(tamper_file(), other));
	tamper_see(!tamper_exists(tamper_file()), "the file is there");
	moved_back(other, tamper_file());
}

static void by_rename_over(void)
{
	char *other = tamper_own_file("mine", TAMPER_OTHER);

	tamper_try("rename", rename(other, tamper_file()));
	tamper_see(tamper_holds(tamper_file(), TAMPER_OTHER), "it is the same file");
	made_again();
}

static void exchange(const char *path, const char *other)
{
	tamper_try("renameat2", renameat2(AT_FDCWD, path, AT_FDCWD, other, RENAME_EXCHANGE));
}

static void by_exchange(void)
{
	char *other = tamper_own_file("mine", TAMPER_OTHER);

	exchange(other, tamper_file());
	tamper_see(tamper_holds(tamper_file(), TAMPER_OTHER), "it is the same file");
	tamper_undo();
	exchange(tamper_file(), other);
	tamper_worked();
}

/* Leaves a device of nothing in the file's place. */
static void by_whiteout(void)
{
	char *other = tamper_own("taken");
	struct stat status;

	if (renameat2(AT_FDCWD, tamper_file(), AT_FDCWD, other, RENAME_WHITEOUT)) {
		if (errno == EINVAL)
			tamper_unsupported("no whiteouts on this file system");
		tamper_failed("renameat2");
	}
	tamper_need("stat", stat(tamper_file(), &status));
	tamper_see(S_ISCHR(status.st_mode), "it is the same file");
	moved_back(other, tamper_file());
}

static void take_away(const char *path, const char *other)
{
	if (rename(path, other)) {
		if (errno == EBUSY)
			tamper_unsupported("it is a mount");
		tamper_failed("rename");
	}
	tamper_see(!tamper_exists(path), "it is there");
	moved_back(other, path);
}

static void by_rename_sub(void)
{
	take_away(tamper_in("sub"), tamper_own("taken"));
}

static void by_rename_deep(void)
{
	take_away(tamper_in("sub/deep"), tamper_own("taken"));
}

static void by_rename_folder(void)
{
	take_away(tamper_folder, tamper_own("taken"));
}

static void by_rename_parent(void)
{
	take_away(tamper_parent, tamper_own_above("taken"));
}

/* Another folder with another file in its place. */
static void replace(const char *folder, char *other)
{
	if (renameat2(AT_FDCWD, folder, AT_FDCWD, other, RENAME_EXCHANGE)) {
		if (errno == EBUSY)
			tamper_unsupported("it is a mount");
		tamper_failed("renameat2");
	}
	tamper_see(tamper_holds(tamper_file(), TAMPER_OTHER), "it is the same folder");
	tamper_undo();
	exchange(folder, other);
	tamper_worked();
}

static void by_exchange_folder(void)
{
	char *other = tamper_own("other");

	tamper_need("mkdir", mkdir(other, 0755));
	tamper_own_file("other/file", TAMPER_OTHER);
	replace(tamper_folder, other);
}

static void by_exchange_parent(void)
{
	char *other = tamper_own_above(""), *name = strrchr(tamper_folder, '/') + 1, path[NAME_MAX + 8];

	tamper_need("mkdir", mkdir(tamper_own_above(name), 0755));
	snprintf(path, sizeof(path), "%s/file", name);
	tamper_own_file(path, TAMPER_OTHER);
	replace(tamper_parent, other);
}

static _Noreturn void relinked(void)
{
	char *link = tamper_in("link"), target[64] = "";

	tamper_need("readlink", readlink(link, target, sizeof(target) - 1));
	tamper_see(!strcmp(target, "/etc/passwd"), "the link is the same");
	tamper_undo();
	tamper_need("unlink", unlink(link));
	tamper_need("symlink", symlink("file", link));
	tamper_worked();
}

static void by_relink(void)
{
	char *link = tamper_in("link");

	tamper_try("unlink", unlink(link));
	tamper_try("symlink", symlink("/etc/passwd", link));
	relinked();
}

static void by_rename_link(void)
{
	char *other = tamper_own("link");

	tamper_need("symlink", symlink("/etc/passwd", other));
	tamper_try("rename", rename(other, tamper_in("link")));
	relinked();
}

const struct tamper_way tamper_name_ways[] = {
    {"unlink", by_unlink, "name"},
    {"unlinkat", by_unlinkat, "name"},
    {"rmdir", by_rmdir, "name"},
    {"create", by_create, "name"},
    {"create-deep", by_deep, "name"},
    {"mkdir", by_mkdir, "name"},
    {"mknod-fifo", by_fifo, "name"},
    {"mknod-regular", by_regular, "name"},
    {"mknod-device", by_device, "name"},
    {"symlink", by_symlink, "name"},
    {"bind-socket", by_socket, "name"},
    {"tmpfile-link", by_tmpfile, "name"},
    {"core-dump", by_core, "name"},
    {"link-in", by_link_in, "name"},
    {"rename-in", by_rename_in, "name"},
    {"rename-in-noreplace", by_rename_in_exclusive, "name"},
    {"link-out", by_link_out, "name"},
    {"link-out-descriptor", by_link_descriptor, "name"},
    {"rename-away", by_rename_away, "name"},
    {"rename-within", by_rename_within, "name"},
    {"rename-over", by_rename_over, "name"},
    {"rename-exchange", by_exchange, "name"},
    {"rename-whiteout", by_whiteout, "name"},
    {"rename-sub", by_rename_sub, "name"},
    {"rename-deep", by_rename_deep, "name"},
    {"rename-folder", by_rename_folder, "name"},
    {"rename-parent", by_rename_parent, "name"},
    {"exchange-folder", by_exchange_folder, "name"},
    {"exchange-parent", by_exchange_parent, "name"},
    {"replace-symlink", by_relink, "name"},
    {"rename-over-symlink", by_rename_link, "name"},
    {},
};
