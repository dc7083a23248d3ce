/* SPDX-License-Identifier: Apache-2.0 */
/* Ways with something that was opened or mapped before: `--wait` lets protection begin in between. */
#include "tamper.h"
#include <linux/fs.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/uio.h>
#include "scm.h"
#include "uring.h"

static int old;
static char *memory;

static void open_old(int flags)
{
	old = tamper_try("open", open(tamper_file(), flags | O_CLOEXEC));
}

static void wrote(const char *call, ssize_t length)
{
	if (tamper_try(call, length) != TAMPER_LENGTH)
		tamper_broken(call);
}

static void write_text(const char *text)
{
	wrote("pwrite", pwrite(old, text, TAMPER_LENGTH, 0));
}

static void by_write(void)
{
	open_old(O_WRONLY);
	tamper_wait();
	tamper_rewrite(write_text);
}

static void write_vector(const char *text)
{
	struct iovec part = {(void *)text, TAMPER_LENGTH};

	wrote("pwritev2", pwritev2(old, &part, 1, 0, 0));
}

static void by_writev(void)
{
	open_old(O_WRONLY);
	tamper_wait();
	tamper_rewrite(write_vector);
}

static void by_ftruncate(void)
{
	open_old(O_RDWR);
	tamper_wait();
	tamper_try("ftruncate", ftruncate(old, 4));
	tamper_see(tamper_holds(tamper_file(), "prot"), "the file is as long as it was");
	tamper_undo();
	write_text(TAMPER_TEXT);
	tamper_worked();
}

static void by_fallocate(void)
{
	struct stat status;

	open_old(O_RDWR);
	tamper_wait();
	tamper_try("fallocate", fallocate(old, 0, 0, 4096));
	tamper_need("stat", stat(tamper_file(), &status));
	tamper_see(status.st_size == 4096, "the file has not grown");
	tamper_undo();
	tamper_need("ftruncate", ftruncate(old, TAMPER_LENGTH));
	tamper_worked();
}

static int source_of(const char *text)
{
	int fd = tamper_need("memfd_create", memfd_create("source", 0));

	tamper_need("write", pwrite(fd, text, TAMPER_LENGTH, 0));
	return fd;
}

static void send_file(const char *text)
{
	off_t from = 0;

	tamper_need("lseek", lseek(old, 0, SEEK_SET));
	wrote("sendfile", sendfile(old, source_of(text), &from, TAMPER_LENGTH));
}

static void by_sendfile(void)
{
	open_old(O_WRONLY);
	tamper_wait();
	tamper_rewrite(send_file);
}

static void splice_in(const char *text)
{
	loff_t to = 0;
	int ends[2];

	if (pipe(ends) || write(ends[1], text, TAMPER_LENGTH) < 0)
		tamper_broken("pipe");
	wrote("splice", splice(ends[0], NULL, old, &to, TAMPER_LENGTH, 0));
}

static void by_splice(void)
{
	open_old(O_WRONLY);
	tamper_wait();
	tamper_rewrite(splice_in);
}

static struct uring ring;
static int entry_flags;

static void uring_write(const char *text)
{
	int result;

	memset(ring.entry, 0, sizeof(*ring.entry));
	ring.entry->opcode = IORING_OP_WRITE;
	ring.entry->flags = entry_flags;
	ring.entry->fd = entry_flags & IOSQE_FIXED_FILE ? 0 : old;
	ring.entry->addr = (uintptr_t)text;
	ring.entry->len = TAMPER_LENGTH;
	result = uring_run(&ring);
	if (result < 0)
		errno = -result;
	wrote("io_uring-write", result < 0 ? -1 : result);
}

static void with_ring(int flags, int setup)
{
	entry_flags = flags;
	open_old(O_WRONLY);
	if (uring_open(&ring, setup))
		tamper_unsupported("io_uring");
	/* The ring keeps the file, though no descriptor is left. */
	if (flags & IOSQE_FIXED_FILE) {
		tamper_need("register", syscall(SYS_io_uring_register, ring.fd, IORING_REGISTER_FILES, &old, 1));
		close(old);
	}
	tamper_wait();
	tamper_rewrite(uring_write);
}

static void by_uring(void)
{
	with_ring(0, 0);
}

static void by_uring_worker(void)
{
	with_ring(IOSQE_ASYNC, 0);
}

static void by_uring_registered(void)
{
	with_ring(IOSQE_FIXED_FILE, 0);
}

static void by_uring_poll(void)
{
	with_ring(IOSQE_FIXED_FILE, IORING_SETUP_SQPOLL);
}

static void write_map(const char *text)
{
	memcpy(memory, text, TAMPER_LENGTH);
}

static void map_old(int protection)
{
	open_old(O_RDWR);
	memory = mmap(NULL, 4096, protection, MAP_SHARED, old, 0);
	if (memory == MAP_FAILED)
		tamper_failed("mmap");
	close(old);
}

/* After this no call of the kernel's is needed: nothing but its absence beforehand stops it. */
static void by_map(void)
{
	map_old(PROT_READ | PROT_WRITE);
	tamper_wait();
	tamper_rewrite(write_map);
}

static void by_map_protect(void)
{
	map_old(PROT_READ);
	tamper_wait();
	tamper_try("mprotect", mprotect(memory, 4096, PROT_READ | PROT_WRITE));
	tamper_rewrite(write_map);
}

/* The descriptor for writing waits to be mapped. */
static void by_map_late(void)
{
	open_old(O_RDWR);
	tamper_wait();
	memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, old, 0);
	if (memory == MAP_FAILED)
		tamper_failed("mmap");
	tamper_rewrite(write_map);
}

/* In flight: nobody has the descriptor while protection begins. */
static void by_scm(void)
{
	int ends[2];

	tamper_need("socketpair", socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
	open_old(O_WRONLY);
	scm_send(ends[1], old);
	close(old);
	tamper_wait();
	old = tamper_receive(ends[0]);
	tamper_rewrite(write_text);
}

static void reopen_write(const char *text)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", old);
	fd = tamper_try("open", open(path, O_WRONLY | O_CLOEXEC));
	wrote("write", write(fd, text, TAMPER_LENGTH));
	close(fd);
}

static void by_reopening(void)
{
	open_old(O_RDONLY);
	tamper_wait();
	tamper_rewrite(reopen_write);
}

static void by_fchmod(void)
{
	struct stat status;

	open_old(O_RDONLY);
	tamper_wait();
	tamper_try("fchmod", fchmod(old, 0600));
	tamper_need("stat", stat(tamper_file(), &status));
	tamper_see((status.st_mode & 07777) == 0600, "the mode is as it was");
	tamper_undo();
	tamper_need("fchmod", fchmod(old, 0644));
	tamper_worked();
}

static void by_flags(void)
{
	int flags, changed;

	open_old(O_RDONLY);
	tamper_wait();
	tamper_need("FS_IOC_GETFLAGS", ioctl(old, FS_IOC_GETFLAGS, &flags));
	changed = flags | FS_NODUMP_FL;
	tamper_try("FS_IOC_SETFLAGS", ioctl(old, FS_IOC_SETFLAGS, &changed));
	changed = 0;
	tamper_need("FS_IOC_GETFLAGS", ioctl(old, FS_IOC_GETFLAGS, &changed));
	tamper_see(changed & FS_NODUMP_FL, "the flag is not set");
	tamper_undo();
	tamper_need("FS_IOC_SETFLAGS", ioctl(old, FS_IOC_SETFLAGS, &flags));
	tamper_worked();
}

static void by_folder(void)
{
	int folder = tamper_need("open", open(tamper_folder, O_PATH | O_DIRECTORY));

	tamper_wait();
	tamper_try("renameat", renameat(folder, "file", folder, "renamed"));
	tamper_see(!tamper_exists(tamper_file()), "the file is there");
	tamper_undo();
	tamper_need("renameat", renameat(folder, "renamed", folder, "file"));
	tamper_worked();
}

/* A mount from before that is nowhere in the tree. */
static void by_tree(void)
{
	int tree = tamper_try("open_tree", open_tree(AT_FDCWD, tamper_folder, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));

	tamper_wait();
	old = tamper_try("openat", openat(tree, "file", O_WRONLY | O_CLOEXEC));
	tamper_rewrite(write_text);
}

/* Nameless from before, and given a name now. */
static void by_tmpfile(void)
{
	char path[64], *made = tamper_in("made");

	old = open(tamper_folder, O_TMPFILE | O_WRONLY, 0644);
	tamper_try("O_TMPFILE", old);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", old);
	tamper_wait();
	tamper_try("linkat", linkat(AT_FDCWD, path, AT_FDCWD, made, AT_SYMLINK_FOLLOW));
	tamper_see(tamper_exists(made), "it is not there");
	tamper_undo();
	tamper_need("unlink", unlink(made));
	tamper_worked();
}

/* A link outside from before. */
static void by_link(void)
{
	char *other = tamper_own("linked");

	tamper_try("link", link(tamper_file(), other));
	tamper_wait();
	old = tamper_try("open", open(other, O_WRONLY | O_CLOEXEC));
	write_text(TAMPER_OTHER);
	tamper_see(tamper_holds(tamper_file(), TAMPER_OTHER), "the file does not show it");
	tamper_undo();
	write_text(TAMPER_TEXT);
	tamper_worked();
}

const struct tamper_way tamper_old_ways[] = {
    {"old-write", by_write, "file"},
    {"old-pwritev2", by_writev, "file"},
    {"old-ftruncate", by_ftruncate, "file"},
    {"old-fallocate", by_fallocate, "file"},
    {"old-sendfile", by_sendfile, "file"},
    {"old-splice", by_splice, "file"},
    {"old-uring", by_uring, "file"},
    {"old-uring-worker", by_uring_worker, "file"},
    {"old-uring-registered", by_uring_registered, "file"},
    {"old-uring-sqpoll", by_uring_poll, "file"},
    {"old-mapping", by_map, "file"},
    {"old-mapping-mprotect", by_map_protect, "file"},
    {"old-descriptor-mmap", by_map_late, "file"},
    {"old-scm-rights", by_scm, "file"},
    {"old-reopened", by_reopening, "file"},
    {"old-detached-mount", by_tree, "file"},
    {"old-hard-link", by_link, "file"},
    {"old-fchmod", by_fchmod, "attribute"},
    {"old-setflags", by_flags, "attribute"},
    {"old-folder-rename", by_folder, "name"},
    {"old-tmpfile-link", by_tmpfile, "name"},
    {},
};
