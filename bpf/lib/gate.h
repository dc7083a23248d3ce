/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The steps that the hooks of class image share: describe, ask for the hash only if a rule needs it, decide, report. */
#ifndef GH_LIB_GATE_H
#define GH_LIB_GATE_H

#include "content.h"
#include "emit.h"
#include "verdict.h"

#define EPERM 1

/* Without working memory nothing can be decided or reported: closed, unless there is no policy. Counted, no event. */
static __always_inline int gh_refuse_undecided(void)
{
	__u32 zero = 0;
	__u64 *active = bpf_map_lookup_elem(&gh_active, &zero);

	if (!active || !*active)
		return 0;
	gh_count(GH_COUNTER_DENIALS);
	return -EPERM;
}

/* Whether a rule asks for the path or the hash of this operation; reads the generation in force. */
static __always_inline int gh_wants(__u32 operation, int *path, int *hash)
{
	__u32 zero = 0, slot;
	__u64 *active = bpf_map_lookup_elem(&gh_active, &zero);
	struct gh_generation *generation;

	*path = *hash = 0;
	if (!active || !*active || operation >= GH_OPERATION_COUNT)
		return 0;
	slot = *active % GH_GENERATION_SLOTS;
	generation = bpf_map_lookup_elem(&gh_generations, &slot);
	if (!generation)
		return 0;
	*path = generation->needs_path[operation];
	*hash = generation->needs_hash[operation];
	return generation->operation_value[operation] != 0;
}

/*
 * Whether deciding needs the file's hash: some row that fits in all but the hash asks for it. A scan that failed says
 * yes; the decision that follows fails closed anyway.
 */
static __always_inline int gh_needs_hash(struct gh_scratch *scratch, const struct gh_image *image, __u32 operation)
{
	struct gh_scan *scan = gh_scan_rules(scratch, image, operation, GH_QUESTION_NEEDS_HASH);

	return !scan->complete || scan->failed || scan->matched;
}

/* One hook's question: one or more operations, numbered one after another, on one image. On the stack. */
struct gh_gate {
	struct file *file;
	struct gh_scratch *scratch;
	struct gh_image *image;
	__u32 operation; /* the first */
	__u32 hook;
	__u64 number; /* the generation that the facts were gathered for; 0 = all facts are there, any will do */
	__u32 has_rule;
	__u32 wants_path;
	__u32 wants_hash;
	__u32 needs_hash;
	__u32 denied;
	__u32 stale; /* another generation came meanwhile, and may ask for more */
	int path_length; /* of a path that was walked; hooks that may ask d_path do not use it */
};

static long gh_gate_asks(__u32 index, struct gh_gate *gate)
{
	int path, hash;

	if (gh_wants(gate->operation + index, &path, &hash))
		gate->has_rule = 1;
	gate->wants_path |= path;
	gate->wants_hash |= hash;
	return 0;
}

static long gh_gate_asks_hash(__u32 index, struct gh_gate *gate)
{
	if (gh_needs_hash(gate->scratch, gate->image, gate->operation + index))
		gate->needs_hash = 1;
	return gate->needs_hash != 0;
}

/* No rule asks for the operation, nobody wants to hear of it, and it is not the canary: the cheapest answer. */
static __always_inline int gh_gate_is_idle(const struct gh_gate *gate)
{
	__u32 zero = 0;
	struct gh_config *config = bpf_map_lookup_elem(&gh_config, &zero);

	return !gate->has_rule && config && config->report == GH_REPORT_MATCHED &&
	       !gh_same_inode(&config->canary, &gate->image->inode);
}

/* Decides operation number `index` and begins its event. Returns whether the event is to be sent. */
static __always_inline int gh_gate_decide(__u32 index, struct gh_gate *gate)
{
	struct gh_scratch *scratch = gate->scratch;
	struct gh_decision_event *event = &scratch->event;
	__u32 operation = gate->operation + index;

	gh_decide(scratch, gate->image, operation, &event->verdict);
	if (gate->number && event->verdict.generation != gate->number) {
		gate->stale = 1;
		return 0;
	}
	gate->denied |= event->verdict.denied;
	if (!gh_is_reported(&event->verdict))
		return 0;
	gh_event_begin(event, operation, gate->hook, gate->image);
	return 1;
}

#endif
