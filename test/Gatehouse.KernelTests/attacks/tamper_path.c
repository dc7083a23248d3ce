/* SPDX-License-Identifier: Apache-2.0 */
/* Ways to come to FOLDER/file by another path, or by none, and write to it. */
#include "tamper.h"
#include <linux/openat2.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/xattr.h>
#include "scm.h"

static void write_at(const char *path, const char *text)
{
	int fd = tamper_try("open", open(path, O_WRONLY | O_CLOEXEC));

	if (tamper_try("write", write(fd, text, TAMPER_LENGTH)) != TAMPER_LENGTH)
		tamper_broken("write");
	close(fd);
}

static void write_other(const void *path)
{
	write_at(path, TAMPER_OTHER);
}

/* The child changes the file by a path that only it has; the parent sees it by the ordinary one. */
static _Noreturn void changed(void)
{
	tamper_see(tamper_holds(tamper_file(), TAMPER_OTHER), "the file does not show it");
	tamper_restore();
	tamper_worked();
}

static _Noreturn void by_another(const char *path)
{
	write_at(path, TAMPER_OTHER);
	changed();
}

static void by_proc_fd(void)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", (int)tamper_need("open", open(tamper_file(), O_RDONLY)));
	by_another(path);
}

static void by_path_descriptor(void)
{
	char path[64];

	snprintf(path, sizeof(path), "/dev/fd/%d", (int)tamper_need("open", open(tamper_file(), O_PATH)));
	by_another(path);
}

static void by_proc_root(void)
{
	char path[PATH_MAX + 32];

	snprintf(path, sizeof(path), "/proc/1/root%s", tamper_file());
	by_another(path);
}

static void stand(const void *folder)
{
	tamper_need("chdir", chdir(folder));
	pause();
}

static void by_proc_cwd(void)
{
	char path[64], seen[PATH_MAX] = "";
	pid_t child = tamper_start(stand, tamper_folder);

	snprintf(path, sizeof(path), "/proc/%d/cwd", child);
	for (int i = 0; i < 1000 && strcmp(seen, tamper_folder); i++) {
		usleep(1000);
		memset(seen, 0, sizeof(seen));
		tamper_need("readlink", readlink(path, seen, sizeof(seen) - 1));
	}
	strcat(path, "/file");
	write_at(path, TAMPER_OTHER);
	kill(child, SIGKILL);
	changed();
}

/* A file that is mapped has one more name. */
static void by_map_files(void)
{
	char path[128];
	char *memory = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, tamper_need("open", open(tamper_file(), O_RDONLY)), 0);

	if (memory == MAP_FAILED)
		tamper_broken("mmap");
	snprintf(path, sizeof(path), "/proc/self/map_files/%lx-%lx", (long)memory, (long)memory + 4096);
	by_another(path);
}

static void by_handle(void)
{
	union {
		struct file_handle handle;
		char room[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	} name = {.handle.handle_bytes = MAX_HANDLE_SZ};
	int number, fd, mount = open(tamper_folder, O_RDONLY | O_DIRECTORY);

	tamper_try("name_to_handle_at", name_to_handle_at(AT_FDCWD, tamper_file(), &name.handle, &number, 0));
	fd = tamper_try("open_by_handle_at", open_by_handle_at(mount, &name.handle, O_WRONLY));
	tamper_try("write", write(fd, TAMPER_OTHER, TAMPER_LENGTH));
	changed();
}

static void by_link(void)
{
	by_another(tamper_in("link"));
}

static void by_own_link(void)
{
	char *path = tamper_own("link");

	tamper_need("symlink", symlink(tamper_folder, path));
	by_another(tamper_own("link/file"));
}

static void by_openat2(void)
{
	struct open_how how = {.flags = O_WRONLY, .resolve = RESOLVE_IN_ROOT};
	int folder = tamper_need("open", open(tamper_folder, O_PATH));
	int fd = tamper_try("openat2", syscall(SYS_openat2, folder, "/../file", &how, sizeof(how)));

	tamper_try("write", write(fd, TAMPER_OTHER, TAMPER_LENGTH));
	changed();
}

static void in_chroot(const void *unused)
{
	(void)unused;
	tamper_try("chroot", chroot(tamper_folder));
	write_at("/file", TAMPER_OTHER);
}

static void by_chroot(void)
{
	tamper_inside(in_chroot, NULL);
	changed();
}

/* On the attacker's own folder: what it covers is the attacker's. */
static char *bound(const char *source)
{
	char *place = tamper_own("bound");
	struct stat status;

	tamper_need("stat", stat(source, &status));
	if (S_ISDIR(status.st_mode))
		tamper_need("mkdir", mkdir(place, 0755));
	else
		place = tamper_own_file("bound", "");
	tamper_try("mount", mount(source, place, NULL, MS_BIND, NULL));
	return place;
}

static void by_bind(void)
{
	char *place = bound(tamper_folder);

	write_at(tamper_own("bound/file"), TAMPER_OTHER);
	tamper_need("umount", umount(place));
	changed();
}

static void by_bind_file(void)
{
	char *place = bound(tamper_file());

	write_at(place, TAMPER_OTHER);
	tamper_need("umount", umount(place));
	changed();
}

/* A copy of the mount that is nowhere in the tree. */
static void by_detached(void)
{
	int tree = tamper_try("open_tree", open_tree(AT_FDCWD, tamper_folder, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
	int fd = tamper_try("openat", openat(tree, "file", O_WRONLY | O_CLOEXEC));

	tamper_try("write", write(fd, TAMPER_OTHER, TAMPER_LENGTH));
	changed();
}

static void in_mounts(const void *unused)
{
	(void)unused;
	tamper_try("unshare", unshare(CLONE_NEWNS));
	write_at(tamper_file(), TAMPER_OTHER);
}

static void by_mount_namespace(void)
{
	tamper_inside(in_mounts, NULL);
	changed();
}

/* Root of the new namespace is root here, so the file is its own. */
static void in_users(const void *unused)
{
	(void)unused;
	tamper_try("unshare", unshare(CLONE_NEWUSER | CLONE_NEWNS));
	tamper_need("setgroups", tamper_write("/proc/self/setgroups", "deny"));
	tamper_need("uid_map", tamper_write("/proc/self/uid_map", "0 0 1"));
	write_at(tamper_file(), TAMPER_OTHER);
}

static void by_user_namespace(void)
{
	tamper_inside(in_users, NULL);
	changed();
}

static void wait_in_users(const void *unused)
{
	(void)unused;
	tamper_need("unshare", unshare(CLONE_NEWUSER));
	pause();
}

/* A mount on which the owners are others. */
static void by_idmap(void)
{
	struct mount_attr attributes = {.attr_set = MOUNT_ATTR_IDMAP};
	int tree = tamper_try("open_tree", open_tree(AT_FDCWD, tamper_folder, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC)), fd;
	pid_t child = tamper_start(wait_in_users, NULL);
	char path[64], own[64] = "", other[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/user", child);
	tamper_need("readlink", readlink("/proc/self/ns/user", own, sizeof(own) - 1));
	for (int i = 0; i < 1000; i++) {
		memset(other, 0, sizeof(other));
		if (readlink(path, other, sizeof(other) - 1) > 0 && strcmp(own, other))
			break;
		usleep(1000);
	}
	attributes.userns_fd = tamper_need("open", open(path, O_RDONLY | O_CLOEXEC));
	snprintf(path, sizeof(path), "/proc/%d/uid_map", child);
	tamper_need("uid_map", tamper_write(path, "0 0 1000"));
	snprintf(path, sizeof(path), "/proc/%d/gid_map", child);
	tamper_need("gid_map", tamper_write(path, "0 0 1000"));
	kill(child, SIGKILL);
	if (mount_setattr(tree, "", AT_EMPTY_PATH, &attributes, sizeof(attributes))) {
		if (errno == EINVAL)
			tamper_unsupported("this file system cannot be mounted so");
		tamper_failed("mount_setattr");
	}
	fd = tamper_try("openat", openat(tree, "file", O_WRONLY | O_CLOEXEC));
	tamper_try("write", write(fd, TAMPER_OTHER, TAMPER_LENGTH));
	changed();
}

int tamper_receive(int socket)
{
	char byte;
	struct iovec data = {.iov_base = &byte, .iov_len = 1};
	union control control = {0};
	struct msghdr message = {
	    .msg_iov = &data, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof(control.bytes)};
	struct cmsghdr *header;
	int fd;

	tamper_try("recvmsg", recvmsg(socket, &message, 0));
	header = CMSG_FIRSTHDR(&message);
	if (!header && message.msg_flags & MSG_CTRUNC) {
		errno = EACCES;
		tamper_failed("recvmsg-truncated");
	}
	tamper_see(header && header->cmsg_type == SCM_RIGHTS, "no descriptor arrived");
	memcpy(&fd, CMSG_DATA(header), sizeof(fd));
	return fd;
}

static void by_scm(void)
{
	int ends[2], fd;
	pid_t child;

	tamper_need("socketpair", socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
	child = fork();
	if (!child) {
		close(ends[0]);
		scm_send(ends[1], tamper_try("open", open(tamper_file(), O_WRONLY)));
		syscall(SYS_exit_group, 0);
	}
	close(ends[1]);
	/* The end of the socket alone says that there will be no descriptor. */
	if (recv(ends[0], &(char){0}, 1, MSG_PEEK) <= 0)
		tamper_join(child);
	fd = tamper_receive(ends[0]);
	tamper_try("write", write(fd, TAMPER_OTHER, TAMPER_LENGTH));
	changed();
}

static void hold(const void *number)
{
	tamper_try("dup2", dup2(tamper_try("open", open(tamper_file(), O_WRONLY)), *(const int *)number));
	pause();
}

static void by_pidfd(void)
{
	int number = 50, fd = -1;
	pid_t child = tamper_start(hold, &number);
	int process = tamper_need("pidfd_open", syscall(SYS_pidfd_open, child, 0));

	for (int i = 0; i < 1000 && fd < 0; i++) {
		usleep(1000);
		fd = syscall(SYS_pidfd_getfd, process, number, 0);
		/* Without a descriptor the holder has ended, and has said why. */
		if (fd < 0 && waitpid(child, NULL, errno == ESRCH ? 0 : WNOHANG) == child)
			_exit(0);
		if (fd < 0 && errno != EBADF)
			break;
	}
	tamper_try("pidfd_getfd", fd);
	kill(child, SIGKILL);
	tamper_try("write", write(fd, TAMPER_OTHER, TAMPER_LENGTH));
	changed();
}

static void by_child(void)
{
	tamper_inside(write_other, tamper_file());
	changed();
}

/* What is written to the overlay goes to the folder, by the kernel's own hand. */
static void by_upper(void)
{
	char options[3 * PATH_MAX], *merged = tamper_own("merged");

	tamper_need("mkdir", mkdir(merged, 0755) | mkdir(tamper_own("lower"), 0755) | mkdir(tamper_own("work"), 0755));
	snprintf(options, sizeof(options), "lowerdir=%s,upperdir=%s,workdir=%s", tamper_own("lower"), tamper_folder,
		 tamper_own("work"));
	if (mount("overlay", merged, "overlay", 0, options)) {
		if (errno == EINVAL || errno == ENODEV)
			tamper_unsupported("no overlay on this file system");
		tamper_failed("mount");
	}
	write_at(tamper_own("merged/file"), TAMPER_OTHER);
	tamper_need("umount", umount(merged));
	/* Some kernels leave a mark on the upper folder. */
	removexattr(tamper_folder, "trusted.overlay.uuid");
	removexattr(tamper_folder, "trusted.overlay.impure");
	removexattr(tamper_folder, "trusted.overlay.origin");
	changed();
}

const struct tamper_way tamper_path_ways[] = {
    {"proc-fd", by_proc_fd, "file"},
    {"path-descriptor", by_path_descriptor, "file"},
    {"proc-root", by_proc_root, "file"},
    {"proc-cwd", by_proc_cwd, "file"},
    {"map-files", by_map_files, "file"},
    {"handle", by_handle, "file"},
    {"symlink-of-folder", by_link, "file"},
    {"symlink-outside", by_own_link, "file"},
    {"openat2-in-root", by_openat2, "file"},
    {"chroot", by_chroot, "file"},
    {"bind-folder", by_bind, "file"},
    {"bind-file", by_bind_file, "file"},
    {"detached-mount", by_detached, "file"},
    {"mount-namespace", by_mount_namespace, "file"},
    {"user-namespace", by_user_namespace, "file"},
    {"idmapped-mount", by_idmap, "file"},
    {"scm-rights", by_scm, "file"},
    {"pidfd-getfd", by_pidfd, "file"},
    {"child", by_child, "file"},
    {"overlay-upper", by_upper, "file"},
    {},
};
