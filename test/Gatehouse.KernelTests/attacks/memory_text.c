/* SPDX-License-Identifier: Apache-2.0 */
/* Writes past a protection: to the process's own read-only code. */
#include "memory.h"
#include <sched.h>
#include <sys/uio.h>
#include "scm.h"
#include "uring.h"
#include <linux/aio_abi.h>

__attribute__((aligned(MEMORY_PAGE), noinline)) static int text(void)
{
	asm volatile(".skip 32, 0x90");
	return 7;
}

static void *target(void)
{
	return (void *)text;
}

static _Noreturn void run(void)
{
	memory_run(target());
}

static int opened(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		memory_failed("open");
	return fd;
}

static void wrote(const char *call, ssize_t result)
{
	/* What a kernel says that respects the protection (proc_mem.force_override). */
	if (result < 0 && errno == EIO)
		memory_refused(call, errno);
	if (result < 0)
		memory_failed(call);
	if (result != sizeof(memory_code))
		memory_broken(call);
}

static void write_text(int fd)
{
	wrote("pwrite", pwrite(fd, memory_code, sizeof(memory_code), (off_t)(uintptr_t)target()));
}

static void by_path(const char *path)
{
	write_text(opened(path));
	run();
}

static void by_self(void)
{
	by_path("/proc/self/mem");
}

static void by_thread_self(void)
{
	by_path("/proc/thread-self/mem");
}

static void by_task(void)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/task/%d/mem", getpid(), gettid());
	by_path(path);
}

static void by_number(void)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/mem", getpid());
	by_path(path);
}

/* Opened for reading first, which is harmless, and opened again by its descriptor. */
static void by_reopening(void)
{
	char path[64];
	int fd = open("/proc/self/mem", O_RDONLY);

	if (fd < 0)
		memory_broken("open");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	by_path(path);
}

static void by_old(void)
{
	int fd = opened("/proc/self/mem");

	memory_wait();
	write_text(fd);
	run();
}

static void by_writev(void)
{
	struct iovec from = {(void *)memory_code, sizeof(memory_code)};
	int fd = opened("/proc/self/mem");

	memory_wait();
	wrote("pwritev2", pwritev2(fd, &from, 1, (off_t)(uintptr_t)target(), 0));
	run();
}

static void by_seek(void)
{
	int fd = opened("/proc/self/mem");

	memory_wait();
	if (lseek(fd, (off_t)(uintptr_t)target(), SEEK_SET) < 0)
		memory_broken("lseek");
	wrote("write", write(fd, memory_code, sizeof(memory_code)));
	run();
}

static void by_uring(int flags)
{
	struct uring ring;
	int fd = opened("/proc/self/mem"), result;

	if (uring_open(&ring, 0))
		memory_unsupported("io_uring");
	memory_wait();
	ring.entry->opcode = IORING_OP_WRITE;
	ring.entry->flags = flags;
	ring.entry->fd = fd;
	ring.entry->addr = (unsigned long)memory_code;
	ring.entry->len = sizeof(memory_code);
	ring.entry->off = (unsigned long)target();
	result = uring_run(&ring);
	errno = -result;
	wrote("io_uring", result);
	run();
}

static void by_uring_inline(void)
{
	by_uring(0);
}

static void by_uring_worker(void)
{
	by_uring(IOSQE_ASYNC);
}

static void by_aio(void)
{
	int fd = opened("/proc/self/mem");
	aio_context_t context = 0;
	struct iocb request = {.aio_lio_opcode = IOCB_CMD_PWRITE,
			       .aio_fildes = fd,
			       .aio_buf = (uintptr_t)memory_code,
			       .aio_nbytes = sizeof(memory_code),
			       .aio_offset = (uintptr_t)target()},
		    *requests[] = {&request};
	struct io_event event;

	if (syscall(SYS_io_setup, 1, &context))
		memory_unsupported("io_setup");
	memory_wait();
	if (syscall(SYS_io_submit, context, 1, requests) != 1) {
		if (errno == EINVAL)
			memory_refused("io_submit", errno);
		memory_failed("io_submit");
	}
	syscall(SYS_io_getevents, context, 1, 1, &event, NULL);
	errno = -event.res;
	wrote("io_submit", event.res);
	run();
}

/* Data that the kernel moves from a pipe. */
static void by_splice(void)
{
	int fd = opened("/proc/self/mem"), ends[2];
	off64_t offset = (off64_t)(uintptr_t)target();

	if (pipe(ends) || write(ends[1], memory_code, sizeof(memory_code)) < 0)
		memory_broken("pipe");
	memory_wait();
	if (splice(ends[0], NULL, fd, &offset, sizeof(memory_code), 0) < 0) {
		if (errno == EINVAL)
			memory_refused("splice", errno);
		memory_failed("splice");
	}
	run();
}

/* Another process with the same memory. */
static int in_same_memory(void *unused)
{
	(void)unused;
	memory_acts(getpid());
	by_self();
	return 0;
}

static int in_parents_memory(void *parent)
{
	char path[64];

	memory_acts(getpid());
	snprintf(path, sizeof(path), "/proc/%d/mem", *(pid_t *)parent);
	by_path(path);
	return 0;
}

static void by_clone(int (*act)(void *argument))
{
	static char stack[16 * MEMORY_PAGE] __attribute__((aligned(16)));
	pid_t self = getpid(), child = clone(act, stack + sizeof(stack), CLONE_VM | SIGCHLD, &self);
	int status;

	if (child < 0 || waitpid(child, &status, 0) < 0)
		memory_broken("clone");
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		memory_broken("the clone died");
	_exit(0);
}

static void by_same_memory(void)
{
	by_clone(in_same_memory);
}

static void by_parents_memory(void)
{
	by_clone(in_parents_memory);
}

/* Opened by a child, which may, and sent to its parent. */
static void by_gift(void)
{
	pid_t self = getpid(), child;
	int ends[2], fd;

	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, ends))
		memory_broken("socketpair");
	child = fork();
	if (!child) {
		char path[64];

		snprintf(path, sizeof(path), "/proc/%d/mem", self);
		fd = open(path, O_RDWR | O_CLOEXEC);
		if (fd < 0)
			memory_failed("open");
		scm_send(ends[1], fd);
		syscall(SYS_exit_group, 0);
	}
	fd = scm_receive(ends[0]);
	waitpid(child, NULL, 0);
	write_text(fd);
	run();
}

static void by_vm_write(void)
{
	struct iovec from = {(void *)memory_code, sizeof(memory_code)}, to = {target(), sizeof(memory_code)};

	if (process_vm_writev(getpid(), &from, 1, &to, 1, 0) < 0)
		memory_refused("process_vm_writev", errno);
	run();
}

/* The kernel respects the protection for all other calls. */
static void by_read_call(void)
{
	int ends[2];

	if (pipe(ends) || write(ends[1], memory_code, sizeof(memory_code)) < 0)
		memory_broken("pipe");
	if (read(ends[0], target(), sizeof(memory_code)) < 0)
		memory_refused("read", errno);
	run();
}

const struct memory_way memory_text_ways[] = {
    {"mem-self", by_self, "attack"},
    {"mem-thread-self", by_thread_self, "attack"},
    {"mem-task", by_task, "attack"},
    {"mem-number", by_number, "attack"},
    {"mem-reopened", by_reopening, "attack"},
    {"mem-old", by_old, "attack"},
    {"mem-old-writev", by_writev, "attack"},
    {"mem-old-seek", by_seek, "attack"},
    {"mem-old-uring", by_uring_inline, "attack"},
    {"mem-old-uring-worker", by_uring_worker, "attack"},
    {"mem-old-aio", by_aio, "futile"},
    {"mem-old-splice", by_splice, "futile"},
    {"mem-clone-vm", by_same_memory, "attack"},
    {"mem-clone-vm-parent", by_parents_memory, "attack"},
    {"mem-gift", by_gift, "attack"},
    {"text-vm-writev", by_vm_write, "futile"},
    {"text-read", by_read_call, "futile"},
    {},
};
