/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Working memory for paths and events: too large for the stack, and per-CPU memory is not safe, because a sleepable
 * program can be preempted by the same program on the same CPU. So: a pool, a slot taken by compare-and-exchange.
 * Hold a slot only over code that does not sleep; then slots in use are about as many as CPUs.
 */
#ifndef GH_LIB_SCRATCH_H
#define GH_LIB_SCRATCH_H

#include "count.h"
#include "global.h"

#define GH_SCRATCH_TRIES 64

struct gh_search {
	__u64 owner;
	__u32 start;
	__u32 slot; /* GH_SCRATCH_SLOTS = none found */
};

static long gh_scratch_try(__u32 index, struct gh_search *search)
{
	__u32 slot = (search->start + index) % GH_SCRATCH_SLOTS;
	struct gh_scratch *scratch = bpf_map_lookup_elem(&gh_scratch, &slot);

	if (!scratch || __sync_val_compare_and_swap(&scratch->owner, 0, search->owner))
		return 0;
	search->slot = slot;
	return 1;
}

/* A free slot, or null. Each CPU starts its search at another place. */
static __always_inline struct gh_scratch *gh_scratch_take(void)
{
	__u32 first = bpf_get_smp_processor_id() * 8 % GH_SCRATCH_SLOTS;
	struct gh_scratch *scratch = bpf_map_lookup_elem(&gh_scratch, &first);
	struct gh_search search = {
	    .owner = bpf_get_current_pid_tgid() | (1ull << 63),
	    .start = first + 1,
	    .slot = GH_SCRATCH_SLOTS,
	};

	/* Nearly always the first is free. */
	if (scratch && !__sync_val_compare_and_swap(&scratch->owner, 0, search.owner)) {
		scratch->slot = first;
		return scratch;
	}
	bpf_loop(GH_SCRATCH_TRIES, gh_scratch_try, &search, 0);
	scratch = bpf_map_lookup_elem(&gh_scratch, &search.slot);
	if (scratch)
		scratch->slot = search.slot;
	else
		gh_count(GH_COUNTER_SCRATCH_EXHAUSTED);
	return scratch;
}

/* The slot that the caller holds, for a function that is not static. */
static __always_inline struct gh_scratch *gh_scratch_at(const __u32 *slot)
{
	__u32 at = slot ? *slot : GH_SCRATCH_SLOTS;

	return bpf_map_lookup_elem(&gh_scratch, &at);
}

static __always_inline void gh_scratch_give(struct gh_scratch *scratch)
{
	__sync_lock_test_and_set(&scratch->owner, 0);
}

#endif
