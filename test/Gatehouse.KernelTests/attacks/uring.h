/* SPDX-License-Identifier: Apache-2.0 */
/* A ring of io_uring for one request at a time, without its library. */
#ifndef GATEHOUSE_URING_H
#define GATEHOUSE_URING_H

#include <linux/io_uring.h>
#include <sys/syscall.h>
#include "answer.h"

struct uring {
	int fd;
	unsigned flags;
	unsigned *submission_tail;
	unsigned *submission_flags;
	unsigned *array;
	unsigned *completion_head;
	unsigned *completion_tail;
	struct io_uring_cqe *completions;
	struct io_uring_sqe *entry;
};

static inline void *uring_map(int ring, size_t size, off_t offset)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring, offset);

	if (memory == MAP_FAILED)
		answer_need("mmap of the ring", -1);
	return memory;
}

/* Returns -1 with errno if the kernel refuses the ring; an answer for IORING_SETUP_SQPOLL, which makes a thread. */
static inline int uring_open(struct uring *uring, unsigned flags)
{
	struct io_uring_params parameters = {.flags = flags, .sq_thread_idle = 2000};

	uring->fd = syscall(SYS_io_uring_setup, 1, &parameters);
	if (uring->fd < 0)
		return -1;
	char *submission = uring_map(uring->fd, parameters.sq_off.array + parameters.sq_entries * sizeof(unsigned),
				     IORING_OFF_SQ_RING);
	char *completion =
	    uring_map(uring->fd, parameters.cq_off.cqes + parameters.cq_entries * sizeof(struct io_uring_cqe),
		      IORING_OFF_CQ_RING);

	uring->flags = flags;
	uring->submission_tail = (unsigned *)(submission + parameters.sq_off.tail);
	uring->submission_flags = (unsigned *)(submission + parameters.sq_off.flags);
	uring->array = (unsigned *)(submission + parameters.sq_off.array);
	uring->completion_head = (unsigned *)(completion + parameters.cq_off.head);
	uring->completion_tail = (unsigned *)(completion + parameters.cq_off.tail);
	uring->completions = (struct io_uring_cqe *)(completion + parameters.cq_off.cqes);
	uring->entry = uring_map(uring->fd, parameters.sq_entries * sizeof(*uring->entry), IORING_OFF_SQES);
	uring->array[0] = 0;
	return 0;
}

/* Submits what stands in `entry`, once, and waits for it. Returns its result, a negative errno if it failed. */
static inline int uring_run(struct uring *uring)
{
	unsigned enter = IORING_ENTER_GETEVENTS;
	unsigned head = *uring->completion_head;

	__atomic_store_n(uring->submission_tail, *uring->submission_tail + 1, __ATOMIC_RELEASE);
	if (uring->flags & IORING_SETUP_SQPOLL)
		enter |= IORING_ENTER_SQ_WAKEUP;
	if (syscall(SYS_io_uring_enter, uring->fd, 1, 1, enter, NULL, 0) < 0)
		answer_need("io_uring_enter", -1);
	while (__atomic_load_n(uring->completion_tail, __ATOMIC_ACQUIRE) == head)
		usleep(1000);
	__atomic_store_n(uring->completion_head, head + 1, __ATOMIC_RELEASE);
	/* The completion queue has two entries for each of the submission queue. */
	return uring->completions[head & 1].res;
}

#endif
