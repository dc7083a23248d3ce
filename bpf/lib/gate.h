/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The steps that the hooks of class image share: describe, ask for the hash only if a rule needs it, decide, report. */
#ifndef GH_LIB_GATE_H
#define GH_LIB_GATE_H

#include "content.h"
#include "emit.h"
#include "verdict.h"

#define EPERM 1

static __always_inline __u64 gh_generation_in_force(void)
{
	__u32 zero = 0;
	__u64 *active = bpf_map_lookup_elem(&gh_active, &zero);

	return active ? *(volatile __u64 *)active : 0;
}

/* Without working memory nothing can be decided or reported: closed, unless there is no policy. Counted, no event. */
static __always_inline int gh_refuse_undecided(void)
{
	if (!gh_generation_in_force())
		return 0;
	gh_count(GH_COUNTER_DENIALS);
	return -EPERM;
}

/* Whether a rule of a generation asks for the path or the hash of this operation, or for the operation at all. */
static __always_inline int gh_wants(__u64 number, __u32 operation, __u32 *path, __u32 *hash)
{
	__u32 slot = number % GH_GENERATION_SLOTS;
	struct gh_generation *generation = bpf_map_lookup_elem(&gh_generations, &slot);

	if (!number || !generation)
		return 0;
	*path |= generation->needs_path[gh_operation_slot(operation)];
	*hash |= generation->needs_hash[gh_operation_slot(operation)];
	/* Refilled meanwhile: there is something to decide, and deciding will find out. */
	return generation->operation_value[gh_operation_slot(operation)] != 0 || generation->number != number;
}

/* What a hook carries from step to step. Callbacks take only the pointers from it (see gh_question_state). */
struct gh_gate {
	struct file *file;
	struct gh_scratch *scratch;
	__u64 number;
	__u32 operation;
	__u32 hook;
	__u32 has_rule;
	__u32 wants_path;
	__u32 wants_hash;
};

static __always_inline void gh_gate_open(struct gh_gate *gate, __u32 count)
{
	gate->number = gh_generation_in_force();
	for (__u32 i = 0; i < count; i++)
		gate->has_rule |= gh_wants(gate->number, gate->operation + i, &gate->wants_path, &gate->wants_hash);
}

/* Takes a scratch and puts the question into it. Returns 0 if none is free. */
static __always_inline int gh_gate_ask(struct gh_gate *gate, const struct gh_image *image)
{
	struct gh_scratch *scratch = gh_scratch_take();

	gate->scratch = scratch;
	if (!scratch)
		return 0;
	scratch->event.image = *image;
	scratch->asked.number = gate->number;
	scratch->asked.operation = gate->operation;
	scratch->asked.hook = gate->hook;
	scratch->asked.needs_hash = 0;
	scratch->asked.denied = 0;
	scratch->key.text[0] = 0;
	return 1;
}

/*
 * Whether deciding needs the file's hash: some row that fits in all but the hash asks for it. A scan that failed says
 * yes; the decision that follows fails closed anyway.
 */
static long gh_gate_asks_hash(__u32 index, struct gh_gate *gate)
{
	struct gh_scratch *scratch = gate->scratch;
	struct gh_scan *scan = gh_scan_rules(scratch, &scratch->event.image, scratch->asked.operation + index,
					     scratch->asked.number, GH_QUESTION_NEEDS_HASH);

	if (scan->complete && !scan->failed && !scan->matched)
		return 0;
	scratch->asked.needs_hash = 1;
	return 1;
}

/* No rule asks for the operation, nobody wants to hear of it, and it is not the canary: the cheapest answer. */
static __always_inline int gh_gate_is_idle(const struct gh_gate *gate, const struct gh_image *image)
{
	__u32 zero = 0;
	struct gh_config *config = bpf_map_lookup_elem(&gh_config, &zero);

	return !gate->has_rule && config && config->report == GH_REPORT_MATCHED &&
	       !gh_same_inode(&config->canary, &image->inode);
}

/* Decides operation number `index` and begins its event. Returns whether the event is to be sent. */
static __always_inline int gh_gate_decide(__u32 index, struct gh_scratch *scratch)
{
	struct gh_decision_event *event = &scratch->event;
	__u32 operation = scratch->asked.operation + index;

	gh_decide(scratch, &event->image, operation, scratch->asked.number, &event->verdict);
	scratch->asked.denied |= event->verdict.denied;
	if (!gh_is_reported(&event->verdict))
		return 0;
	gh_event_begin(event, operation, scratch->asked.hook);
	return 1;
}

#endif
