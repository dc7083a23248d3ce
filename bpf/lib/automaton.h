/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * From a text to its classes: which of the policy's patterns does it fit. Three machines in one table read it at once, two
 * from the first byte on and one from the last. A step costs two look-ups a machine, so a path costs a few thousand
 * instructions, once per label.
 */
#ifndef GH_LIB_AUTOMATON_H
#define GH_LIB_AUTOMATON_H

#include "scratch.h"
#include "../maps/tables.h"

struct gh_reading_context {
	struct gh_scratch *scratch;
};

/* Where byte `byte` leads from `state`; 0 is the dead state. */
static __always_inline __u32 gh_next_state(struct gh_reading *reading, void *states, __u32 state, __u32 byte)
{
	struct gh_state *from, *to;
	__u32 target;

	if (!state)
		return 0;
	from = bpf_map_lookup_elem(states, &state);
	if (!from) {
		reading->failed = 1;
		return 0;
	}
	target = from->base + byte;
	to = bpf_map_lookup_elem(states, &target);
	return to && to->check == from->base ? target : from->otherwise;
}

static long gh_reading_step(__u32 index, struct gh_reading_context *context)
{
	struct gh_reading *reading = &context->scratch->reading;
	__u32 slot = reading->slot;
	void *states = bpf_map_lookup_elem(&gh_states, &slot);
	__u64 front = (__u64)reading->start + index;
	__u64 back = (__u64)reading->start + reading->length - 1 - index;

	if (!states || front >= GH_NAME_BUFFER || back >= GH_NAME_BUFFER) {
		reading->failed = 1;
		return 1;
	}
	reading->state[GH_NAME_FORWARD] =
	    gh_next_state(reading, states, reading->state[GH_NAME_FORWARD], (__u8)context->scratch->name[front]);
	reading->state[GH_NAME_BACKWARD] =
	    gh_next_state(reading, states, reading->state[GH_NAME_BACKWARD], (__u8)context->scratch->name[back]);
	reading->state[GH_NAME_GLOB] =
	    gh_next_state(reading, states, reading->state[GH_NAME_GLOB], (__u8)context->scratch->name[front]);
	return !(reading->state[GH_NAME_FORWARD] | reading->state[GH_NAME_BACKWARD] | reading->state[GH_NAME_GLOB]);
}

static __always_inline __u32 gh_accepted(struct gh_reading *reading, void *states, __u32 state)
{
	struct gh_state *last;

	if (!state)
		return GH_NAME_CLASS_NONE;
	last = bpf_map_lookup_elem(states, &state);
	if (!last) {
		reading->failed = 1;
		return GH_NAME_CLASS_NONE;
	}
	return last->accept;
}

/*
 * Reads scratch->name and leaves its classes in scratch->reading.class. A name that does not exist or is longer than any
 * path fits every pattern: patterns only ever refuse, so this is closed.
 */
static __always_inline int gh_read_name(struct gh_scratch *scratch, const struct gh_generation *generation)
{
	struct gh_reading_context context = {scratch};
	struct gh_reading *reading = &scratch->reading;
	void *states;

	reading->slot = generation->number % GH_GENERATION_SLOTS;
	reading->failed = 0;
	if (scratch->name_length < 0) {
		for (int i = 0; i < GH_NAME_CLASSES; i++)
			reading->class[i] = generation->automaton_start[i] ? GH_NAME_CLASS_ALL : GH_NAME_CLASS_NONE;
		return 0;
	}
	reading->start = scratch->name_start;
	reading->length = scratch->name_length;
	for (int i = 0; i < GH_NAME_CLASSES; i++) {
		reading->state[i] = generation->automaton_start[i];
		reading->class[i] = GH_NAME_CLASS_NONE;
	}
	bpf_loop(reading->length, gh_reading_step, &context, 0);
	states = bpf_map_lookup_elem(&gh_states, &reading->slot);
	if (!states)
		return 1;
	for (int i = 0; i < GH_NAME_CLASSES; i++)
		reading->class[i] = gh_accepted(reading, states, reading->state[i]);
	return reading->failed;
}

#endif
