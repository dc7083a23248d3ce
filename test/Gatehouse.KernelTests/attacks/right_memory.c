/* SPDX-License-Identifier: Apache-2.0 */
/* Ways to read and write another process's memory, and to move it. */
#include "right.h"
#include <linux/io_uring.h>
#include <sys/mman.h>
#include <sys/uio.h>

static char copy[sizeof(right_buffer)];

static int by_vm(pid_t pid, int number)
{
	struct iovec local = {copy, sizeof(copy)}, remote = {right_buffer, sizeof(right_buffer)};

	memcpy(copy, right_buffer, sizeof(copy));
	return right_result(syscall(number, pid, &local, 1, &remote, 1, 0));
}

/* The kernel takes the lower half of the register for the number; who compares all of it sees another call. */
static int by_vm_high(pid_t pid, int number)
{
	struct iovec local = {copy, sizeof(copy)}, remote = {right_buffer, sizeof(right_buffer)};

	return right_result(syscall(number | 1ll << 32, pid, &local, 1, &remote, 1, 0));
}

static int by_vm32(pid_t pid, int number)
{
	static struct {
		uint32_t base, length;
	} local, remote;

	local.base = (uint32_t)(uintptr_t)copy;
	remote.base = (uint32_t)(uintptr_t)right_buffer;
	local.length = remote.length = sizeof(copy);
	return right_result(right_call32(number, pid, (long)&local, 1, (long)&remote, 1));
}

static int open_memory(pid_t pid, int flags)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	return open(path, flags);
}

static int open_thread_memory(pid_t tid, int flags)
{
	char path[64];

	/* The task folder of a thread lists all of its process. */
	snprintf(path, sizeof(path), "/proc/%d/task/%d/mem", tid, tid);
	return open(path, flags);
}

static int use(int fd, int flags)
{
	ssize_t done;

	if ((flags & O_ACCMODE) != O_WRONLY) {
		done = pread(fd, copy, sizeof(copy), (off_t)(uintptr_t)right_buffer);
		if (done != sizeof(copy))
			return done < 0 ? errno : EIO;
	}
	if ((flags & O_ACCMODE) != O_RDONLY) {
		done = pwrite(fd, right_buffer, sizeof(copy), (off_t)(uintptr_t)right_buffer);
		if (done != sizeof(copy))
			return done < 0 ? errno : EIO;
	}
	return 0;
}

static int by_mem(pid_t pid, int flags)
{
	int fd = open_memory(pid, flags);

	return fd < 0 ? errno : use(fd, flags);
}

static int by_thread_mem(pid_t tid, int flags)
{
	int fd = open_thread_memory(tid, flags);

	return fd < 0 ? errno : use(fd, flags);
}

/* Opens with all rights, and then uses one. */
static int by_mem_old(pid_t pid, int flags)
{
	int fd = open_memory(pid, O_RDWR);

	if (fd < 0)
		return RIGHT_BROKEN;
	right_wait();
	return use(fd, flags);
}

static int ring_open(const char *path, int flags, int entry_flags)
{
	struct io_uring_params parameters = {0};
	int ring = syscall(SYS_io_uring_setup, 1, &parameters);
	struct io_uring_sqe *entry;
	struct io_uring_cqe *result;
	char *submission, *completion;

	if (ring < 0)
		return -ENOSYS;
	submission = mmap(NULL, parameters.sq_off.array + sizeof(unsigned), PROT_READ | PROT_WRITE, MAP_SHARED, ring,
			  IORING_OFF_SQ_RING);
	completion = mmap(NULL, parameters.cq_off.cqes + parameters.cq_entries * sizeof(*result),
			  PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_CQ_RING);
	entry = mmap(NULL, sizeof(*entry), PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQES);
	if (submission == MAP_FAILED || completion == MAP_FAILED || entry == MAP_FAILED)
		return -ENOSYS;
	entry->opcode = IORING_OP_OPENAT;
	entry->flags = entry_flags;
	entry->fd = AT_FDCWD;
	entry->addr = (unsigned long)path;
	entry->open_flags = flags;
	*(unsigned *)(submission + parameters.sq_off.array) = 0;
	__atomic_store_n((unsigned *)(submission + parameters.sq_off.tail), 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) != 1)
		return -errno;
	result = (void *)(completion + parameters.cq_off.cqes);
	return result->res;
}

/* Opens by a ring, in the calling thread or in a worker of the kernel, and then reads or writes as usual. */
static int by_ring(pid_t pid, int flags)
{
	char path[64];
	int fd, worker = flags & O_DIRECTORY ? IOSQE_ASYNC : 0;

	flags &= O_ACCMODE;
	snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	fd = ring_open(path, flags, worker);
	if (fd == -ENOSYS)
		return RIGHT_UNSUPPORTED;
	return fd < 0 ? -fd : use(fd, flags);
}

static int by_migrate(pid_t pid, int argument)
{
	unsigned long nodes = 1;

	return right_result(syscall(SYS_migrate_pages, pid, 8 * sizeof(nodes), &nodes, &nodes));
}

static int by_move(pid_t pid, int argument)
{
	void *page = right_buffer;
	int status;

	return right_result(syscall(SYS_move_pages, pid, 1UL, &page, NULL, &status, 0));
}

static int by_madvise(pid_t pid, int argument)
{
	int fd = syscall(SYS_pidfd_open, pid, 0);
	struct iovec range = {(void *)((uintptr_t)right_buffer & ~4095ul), 4096};

	if (fd < 0)
		return RIGHT_BROKEN;
	return right_result(syscall(SYS_process_madvise, fd, &range, 1, MADV_COLD, 0));
}

const struct right_way right_memory_ways[] = {
    {"vm-readv", "read-memory", by_vm, SYS_process_vm_readv},
    {"vm-readv-high", "read-memory", by_vm_high, SYS_process_vm_readv},
    {"vm-readv32", "debug+read-memory+write-memory+duplicate-descriptor", by_vm32, 347},
    {"vm-writev", "write-memory", by_vm, SYS_process_vm_writev},
    {"vm-writev-high", "write-memory", by_vm_high, SYS_process_vm_writev},
    {"vm-writev32", "debug+read-memory+write-memory+duplicate-descriptor", by_vm32, 348},
    {"mem-read", "read-memory", by_mem, O_RDONLY},
    {"mem-read-old", "read-memory", by_mem_old, O_RDONLY},
    {"mem-read-uring", "read-memory+write-memory", by_ring, O_RDONLY},
    {"mem-read-worker", "read-memory+write-memory", by_ring, O_RDONLY | O_DIRECTORY},
    {"mem-write", "write-memory", by_mem, O_WRONLY},
    {"mem-write-old", "write-memory", by_mem_old, O_WRONLY},
    {"mem-write-uring", "read-memory+write-memory", by_ring, O_WRONLY},
    {"mem-write-worker", "read-memory+write-memory", by_ring, O_WRONLY | O_DIRECTORY},
    {"thread-mem-read", "read-memory", by_thread_mem, O_RDONLY},
    {"thread-mem-write", "write-memory", by_thread_mem, O_WRONLY},
    {"mem-both", "read-memory+write-memory", by_mem, O_RDWR},
    {"migrate-pages", "move-memory", by_migrate, 0},
    {"move-pages", "move-memory", by_move, 0},
    {"process-madvise", "move-memory", by_madvise, 0, "perfmon"},
    {},
};
