/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Reading a value so that the verifier knows nothing of it. Two of its beliefs are wrong, and what it believes impossible
 * it removes from the program:
 *
 * - On 6.1, what a callback of bpf_loop reads through the pointer to its caller's stack is taken for what it was in the
 *   path that was verified first (decision 9).
 * - From 6.12, an argument of a hook is taken for a pointer that is never null. Some are (the credentials of task_kill).
 */
#ifndef GH_LIB_UNKNOWN_H
#define GH_LIB_UNKNOWN_H

#include <bpf/bpf_helpers.h>

/* Of up to eight bytes, as a number. The stack can be read; if it could not, the result is 0. */
#define gh_unknown(place) gh_unknown_copy((place), sizeof(*(place)))

static __always_inline __u64 gh_unknown_copy(const void *place, __u32 size)
{
	__u64 copy = 0;

	bpf_probe_read_kernel(&copy, size, place);
	return copy;
}

/* A pointer as a number, in three instructions: what the verifier knows of a word ends when something is ORed into it. */
static __always_inline __u64 gh_unknown_pointer(const void *pointer)
{
	__u64 copy = (__u64)pointer;

	__sync_fetch_and_or(&copy, 0);
	return copy;
}

/* A number, so that paths on which the verifier knows different values of it become one. */
static __always_inline __u32 gh_unknown_number(__u32 number)
{
	return gh_unknown_pointer((void *)(__u64)number);
}

#endif
