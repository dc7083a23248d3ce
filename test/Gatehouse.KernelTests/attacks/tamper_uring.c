/* SPDX-License-Identifier: Apache-2.0 */
/* Ways by io_uring, whose requests no system call names. */
#include "tamper.h"
#include <sys/uio.h>
#include "uring.h"

/* As in <linux/io_uring.h> of kernels that have it. */
enum { OPERATION_FTRUNCATE = 55 };

static struct uring ring;

static struct io_uring_sqe *start(int operation)
{
	if (!ring.fd) {
		long result = uring_open(&ring, 0);

		if (result < 0 && errno == ENOSYS)
			tamper_unsupported("io_uring");
		tamper_try("io_uring_setup", result);
	}
	memset(ring.entry, 0, sizeof(*ring.entry));
	ring.entry->opcode = operation;
	ring.entry->fd = AT_FDCWD;
	return ring.entry;
}

static int run(const char *call)
{
	int result = uring_run(&ring);

	if (result >= 0)
		return result;
	errno = -result;
	/* Requests that the kernel does not know. */
	if (errno == EINVAL)
		tamper_unsupported(call);
	tamper_failed(call);
}

static int open_with(int flags, mode_t mode)
{
	struct io_uring_sqe *entry = start(IORING_OP_OPENAT);

	entry->addr = (uintptr_t)tamper_file();
	entry->len = mode;
	entry->open_flags = flags;
	return run("io_uring-openat");
}

static void write_to(int fd, int flags, const char *text)
{
	struct io_uring_sqe *entry = start(IORING_OP_WRITE);

	entry->flags = flags;
	entry->fd = fd;
	entry->addr = (uintptr_t)text;
	entry->len = TAMPER_LENGTH;
	if (run("io_uring-write") != TAMPER_LENGTH)
		tamper_broken("io_uring-write");
}

static void write_text(const char *text)
{
	write_to(open_with(O_WRONLY, 0), 0, text);
}

static void by_write(void)
{
	tamper_rewrite(write_text);
}

static void by_open(void)
{
	open_with(O_WRONLY | O_TRUNC, 0);
	tamper_see(tamper_holds(tamper_file(), ""), "the file is not empty");
	tamper_restore();
	tamper_worked();
}

static int opened(void)
{
	return tamper_try("open", open(tamper_file(), O_RDWR | O_CLOEXEC));
}

static void write_by_worker(const char *text)
{
	write_to(opened(), IOSQE_ASYNC, text);
}

static void by_worker(void)
{
	tamper_rewrite(write_by_worker);
}

static void write_fixed(const char *text)
{
	static char buffer[4096];
	static int registered;
	struct iovec part = {buffer, sizeof(buffer)};
	struct io_uring_sqe *entry = start(IORING_OP_WRITE_FIXED);

	memcpy(buffer, text, TAMPER_LENGTH);
	if (!registered)
		tamper_need("register", syscall(SYS_io_uring_register, ring.fd, IORING_REGISTER_BUFFERS, &part, 1));
	registered = 1;
	entry->fd = opened();
	entry->addr = (uintptr_t)buffer;
	entry->len = TAMPER_LENGTH;
	run("io_uring-write-fixed");
}

static void by_fixed(void)
{
	tamper_rewrite(write_fixed);
}

static void splice_in(const char *text)
{
	struct io_uring_sqe *entry;
	int ends[2];

	if (pipe(ends) || write(ends[1], text, TAMPER_LENGTH) < 0)
		tamper_broken("pipe");
	entry = start(IORING_OP_SPLICE);
	entry->splice_fd_in = ends[0];
	entry->splice_off_in = -1;
	entry->fd = opened();
	entry->len = TAMPER_LENGTH;
	run("io_uring-splice");
}

static void by_splice(void)
{
	tamper_rewrite(splice_in);
}

/* A thread of the kernel's that takes the requests by itself. */
static void write_polled(const char *text)
{
	memset(&ring, 0, sizeof(ring));
	tamper_try("io_uring_setup", uring_open(&ring, IORING_SETUP_SQPOLL));
	write_to(opened(), 0, text);
}

static void by_poll(void)
{
	tamper_rewrite(write_polled);
}

static void by_ftruncate(void)
{
	struct io_uring_sqe *entry = start(OPERATION_FTRUNCATE);

	entry->fd = opened();
	entry->off = 4;
	run("io_uring-ftruncate");
	tamper_see(tamper_holds(tamper_file(), "prot"), "the file is as long as it was");
	tamper_restore();
	tamper_worked();
}

static void by_fallocate(void)
{
	struct io_uring_sqe *entry = start(IORING_OP_FALLOCATE);
	struct stat status;

	entry->fd = opened();
	entry->addr = 4096;
	run("io_uring-fallocate");
	tamper_need("stat", stat(tamper_file(), &status));
	tamper_see(status.st_size == 4096, "the file has not grown");
	tamper_undo();
	tamper_need("truncate", truncate(tamper_file(), TAMPER_LENGTH));
	tamper_worked();
}

static void two_names(int operation, const char *from, const char *to, int flags, const char *call)
{
	struct io_uring_sqe *entry = start(operation);

	entry->addr = (uintptr_t)from;
	entry->addr2 = (uintptr_t)to;
	entry->len = operation == IORING_OP_SYMLINKAT ? 0 : AT_FDCWD;
	entry->rename_flags = flags;
	run(call);
}

static void by_unlink(void)
{
	struct io_uring_sqe *entry = start(IORING_OP_UNLINKAT);
	char *path = tamper_in("link");

	entry->addr = (uintptr_t)path;
	run("io_uring-unlinkat");
	tamper_see(!tamper_exists(path), "the link is there");
	tamper_undo();
	tamper_need("symlink", symlink("file", path));
	tamper_worked();
}

static void by_rename(void)
{
	char *other = tamper_in("renamed");

	two_names(IORING_OP_RENAMEAT, tamper_file(), other, 0, "io_uring-renameat");
	tamper_see(!tamper_exists(tamper_file()) && tamper_exists(other), "the file is there");
	tamper_undo();
	tamper_need("rename", rename(other, tamper_file()));
	tamper_worked();
}

static _Noreturn void made(const char *path, int flags)
{
	tamper_see(tamper_exists(path), "it is not there");
	tamper_undo();
	tamper_need("unlinkat", unlinkat(AT_FDCWD, path, flags));
	tamper_worked();
}

static void by_link(void)
{
	char *other = tamper_own("linked");

	two_names(IORING_OP_LINKAT, tamper_file(), other, 0, "io_uring-linkat");
	made(other, 0);
}

static void by_symlink(void)
{
	struct io_uring_sqe *entry = start(IORING_OP_SYMLINKAT);
	char *path = tamper_in("made");

	entry->addr = (uintptr_t) "file";
	entry->addr2 = (uintptr_t)path;
	run("io_uring-symlinkat");
	made(path, 0);
}

static void by_mkdir(void)
{
	struct io_uring_sqe *entry = start(IORING_OP_MKDIRAT);
	char *path = tamper_in("made");

	entry->addr = (uintptr_t)path;
	entry->len = 0755;
	run("io_uring-mkdirat");
	made(path, AT_REMOVEDIR);
}

static void by_setxattr(void)
{
	struct io_uring_sqe *entry = start(IORING_OP_SETXATTR);
	char value[16];

	entry->addr = (uintptr_t) "user.made";
	entry->addr2 = (uintptr_t) "value";
	entry->addr3 = (uintptr_t)tamper_file();
	entry->len = 5;
	run("io_uring-setxattr");
	tamper_see(syscall(SYS_getxattr, tamper_file(), "user.made", value, sizeof(value)) == 5,
		   "there is no attribute");
	tamper_undo();
	tamper_need("removexattr", syscall(SYS_removexattr, tamper_file(), "user.made"));
	tamper_worked();
}

const struct tamper_way tamper_uring_ways[] = {
    {"uring-write", by_write, "file"},
    {"uring-open-trunc", by_open, "file"},
    {"uring-worker", by_worker, "file"},
    {"uring-fixed-buffer", by_fixed, "file"},
    {"uring-sqpoll", by_poll, "file"},
    {"uring-splice", by_splice, "file"},
    {"uring-ftruncate", by_ftruncate, "file"},
    {"uring-fallocate", by_fallocate, "file"},
    {"uring-unlink", by_unlink, "name"},
    {"uring-rename", by_rename, "name"},
    {"uring-link", by_link, "name"},
    {"uring-symlink", by_symlink, "name"},
    {"uring-mkdir", by_mkdir, "name"},
    {"uring-setxattr", by_setxattr, "attribute"},
    {},
};
