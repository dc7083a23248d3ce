/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Counting. A counter that cannot be reached is not worth failing for. */
#ifndef GH_LIB_COUNT_H
#define GH_LIB_COUNT_H

#include "../maps/report.h"

static __always_inline void gh_count(enum gh_counter counter)
{
	__u32 key = counter;
	__u64 *value = bpf_map_lookup_elem(&gh_counts, &key);

	/* A sleepable program can be preempted by itself on this CPU, so the per-CPU counter is added to atomically. */
	if (value)
		__sync_fetch_and_add(value, 1);
}

static __always_inline void gh_count_lost(__u32 operation)
{
	__u32 key = operation;
	__u64 *value = bpf_map_lookup_elem(&gh_lost, &key);

	if (value)
		__sync_fetch_and_add(value, 1);
}

#endif
