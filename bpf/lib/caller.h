/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * How a callback of bpf_loop reads numbers of its caller: as memory of which the verifier knows nothing. If it read them
 * through the pointer, the verifier of 6.1 would take what it knows of them in one path for true in all (decision 9).
 * Pointers to kernel structures are read as usual, or they would lose their type.
 */
#ifndef GH_LIB_CALLER_H
#define GH_LIB_CALLER_H

#include <bpf/bpf_helpers.h>

/* Reading one's own stack does not fail; if it did, the zeros would end the loop as a refusal (each user sees to that). */
#define gh_of_caller(place) gh_of_caller_copy((place), sizeof(*(place)))

static __always_inline __u64 gh_of_caller_copy(const void *place, __u32 size)
{
	__u64 copy = 0;

	bpf_probe_read_kernel(&copy, size, place);
	return copy;
}

#endif
