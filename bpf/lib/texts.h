/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Arguments and names of environment variables: which of the policy's tests does some text satisfy.
 *
 * They lie one after another in the new program's memory, each ended by a zero byte. One loop reads them, a byte a step: a
 * loop in a loop is more than the verifier of 7.2 follows. A text is compared by its first 255 bytes, of a variable by
 * what stands before "=". What cannot be read is closed.
 */
#ifndef GH_LIB_TEXTS_H
#define GH_LIB_TEXTS_H

#include "automaton.h"
#include "scan.h"

#define GH_TEXT_COMPARED 255
/* More steps than the kernel's limit of all texts together needs (6 MiB); bpf_loop allows 8,388,608. */
#define GH_TEXT_STEPS (8u << 20)

enum gh_text_phase {
	GH_TEXT_READ = 0,
	GH_TEXT_NAME = 1, /* where is "="? */
	GH_TEXT_COMPARE = 2,
	GH_TEXT_CONCLUDE = 3,
	GH_TEXT_SKIP = 4, /* the rest of a long text */
};

struct gh_texts_context {
	struct gh_scratch *scratch;
};

/* The tests that a text of these classes satisfies. A plan of texts has one term of at most three steps. */
static __always_inline __u64 gh_text_tests(struct gh_texts *texts, struct gh_reading *reading, __u32 which)
{
	__u32 slot = reading->slot;
	void *steps = bpf_map_lookup_elem(&gh_steps, &slot), *values = bpf_map_lookup_elem(&gh_values, &slot);
	void *cells = bpf_map_lookup_elem(&gh_cells, &slot);
	struct gh_text_plan *plan = &texts->plan[which & 1];
	__u64 bits = ~0ull, *cell;
	__u32 at, *value;

	if (!steps || !values || !cells || plan->steps > GH_NAME_CLASSES) {
		texts->failed = 1;
		return 0;
	}
	at = plan->operation_value * texts->words + plan->word;
	cell = bpf_map_lookup_elem(cells, &at);
	bits = cell ? *cell : 0;
	for (__u32 i = 0; i < GH_NAME_CLASSES; i++) {
		struct gh_step *step;

		if (i >= plan->steps)
			break;
		at = plan->first_step + i;
		step = bpf_map_lookup_elem(steps, &at);
		if (!step) {
			texts->failed = 1;
			return 0;
		}
		at = reading->class[(step->source - GH_SOURCE_OPERATION) & 1   ? 1
				    : (step->source - GH_SOURCE_OPERATION) & 2 ? 2
									       : 0];
		if (at >= step->count) {
			texts->failed = 1;
			return 0;
		}
		at += step->base;
		value = bpf_map_lookup_elem(values, &at);
		at = value ? *value * texts->words + plan->word : 0;
		cell = bpf_map_lookup_elem(cells, &at);
		bits &= value && cell ? *cell : 0;
	}
	return bits;
}

static __always_inline long gh_text_read(struct gh_scratch *scratch, struct gh_texts *texts)
{
	long length = bpf_probe_read_user_str(scratch->name, GH_NAME_BYTES, (void *)texts->address);

	if (length <= 0 || length > GH_NAME_BYTES) {
		texts->failed = 1;
		return 1;
	}
	texts->more = length == GH_NAME_BYTES;
	texts->address += texts->more ? length - 1 : length;
	if (texts->phase == GH_TEXT_SKIP) {
		texts->phase = texts->more ? GH_TEXT_SKIP : GH_TEXT_CONCLUDE;
		texts->skipped = 1;
		return 0;
	}
	length -= 1;
	scratch->reading.length = length > GH_TEXT_COMPARED ? GH_TEXT_COMPARED : length;
	texts->index = 0;
	texts->skipped = 0;
	texts->phase = texts->arguments ? GH_TEXT_COMPARE : GH_TEXT_NAME;
	return 0;
}

/* One text is done; what is known of it is added. */
static __always_inline long gh_text_conclude(struct gh_scratch *scratch, struct gh_texts *texts)
{
	struct gh_reading *reading = &scratch->reading;
	__u32 slot = reading->slot;
	void *states = bpf_map_lookup_elem(&gh_states, &slot);

	if (!texts->skipped) {
		if (!states) {
			texts->failed = 1;
			return 1;
		}
		for (int i = 0; i < GH_NAME_CLASSES; i++)
			reading->class[i] = gh_accepted(reading, states, reading->state[i]);
		if (texts->arguments)
			texts->found[0] |= gh_text_tests(texts, reading, 0);
		else
			texts->found[1] |= gh_text_tests(texts, reading, 1);
		for (int i = 0; i < GH_NAME_CLASSES; i++)
			reading->state[i] = texts->start[i];
		if (texts->more) {
			texts->phase = GH_TEXT_SKIP;
			return texts->failed != 0;
		}
	}
	texts->phase = GH_TEXT_READ;
	if (texts->arguments) {
		texts->arguments -= 1;
		if (!texts->arguments)
			texts->arguments_end = texts->address;
	} else {
		texts->variables -= 1;
	}
	return texts->failed || !(texts->arguments | texts->variables);
}

static long gh_texts_step(__u32 index, struct gh_texts_context *context)
{
	struct gh_scratch *scratch = context->scratch;
	struct gh_reading *reading = &scratch->reading;
	struct gh_texts *texts = &scratch->texts;
	__u32 slot = reading->slot;
	void *states;
	__u64 front, back;

	if (texts->phase == GH_TEXT_READ || texts->phase == GH_TEXT_SKIP)
		return gh_text_read(scratch, texts) != 0;
	if (texts->phase == GH_TEXT_CONCLUDE)
		return gh_text_conclude(scratch, texts) != 0;
	front = texts->index;
	if (front >= GH_TEXT_COMPARED || front >= reading->length) {
		texts->index = 0;
		texts->phase = texts->phase == GH_TEXT_NAME ? GH_TEXT_COMPARE : GH_TEXT_CONCLUDE;
		return 0;
	}
	texts->index = front + 1;
	if (texts->phase == GH_TEXT_NAME) {
		if (scratch->name[front] == '=') {
			reading->length = front;
			texts->index = 0;
			texts->phase = GH_TEXT_COMPARE;
		}
		return 0;
	}
	back = reading->length - 1 - front;
	states = bpf_map_lookup_elem(&gh_states, &slot);
	if (!states || back >= GH_TEXT_COMPARED) {
		texts->failed = 1;
		return 1;
	}
	reading->state[GH_NAME_FORWARD] =
	    gh_next_state(reading, states, reading->state[GH_NAME_FORWARD], (__u8)scratch->name[front]);
	reading->state[GH_NAME_BACKWARD] =
	    gh_next_state(reading, states, reading->state[GH_NAME_BACKWARD], (__u8)scratch->name[back]);
	reading->state[GH_NAME_GLOB] =
	    gh_next_state(reading, states, reading->state[GH_NAME_GLOB], (__u8)scratch->name[front]);
	if (!(reading->state[GH_NAME_FORWARD] | reading->state[GH_NAME_BACKWARD] | reading->state[GH_NAME_GLOB]))
		texts->phase = GH_TEXT_CONCLUDE;
	return 0;
}

static __always_inline void gh_text_plan_of(struct gh_text_plan *plan, const struct gh_generation *generation,
					    __u32 operation)
{
	__u32 which = (operation - GH_OPERATION_ANCESTOR_TESTS) & 3;

	plan->steps = generation->plan[gh_operation_slot(operation)].count;
	plan->first_step = generation->plan[gh_operation_slot(operation)].first;
	plan->operation_value = generation->operation_value[gh_operation_slot(operation)];
	plan->word = generation->tests_word[which];
}

/*
 * Reads the texts from `address` on and leaves the tests they satisfy in scratch->texts.found. Without a test of variables
 * these are not read. Returns not 0 if something could not be read.
 */
static __noinline int gh_texts_read(struct gh_scratch *scratch, const struct gh_generation *generation, __u64 address,
				    __u32 arguments, __u32 variables)
{
	struct gh_texts_context context = {scratch};
	struct gh_texts *texts = &scratch->texts;

	__builtin_memset(texts, 0, sizeof(*texts));
	texts->address = address;
	texts->arguments = arguments;
	texts->variables = generation->tests_count[2] ? variables : 0;
	texts->words = generation->words;
	gh_text_plan_of(&texts->plan[0], generation, GH_OPERATION_ARGUMENT_TESTS);
	gh_text_plan_of(&texts->plan[1], generation, GH_OPERATION_ENVIRONMENT_TESTS);
	scratch->reading.slot = generation->number % GH_GENERATION_SLOTS;
	scratch->reading.failed = 0;
	for (int i = 0; i < GH_NAME_CLASSES; i++)
		scratch->reading.state[i] = texts->start[i] = generation->automaton_start[i];
	if (!(texts->arguments | texts->variables))
		return 0;
	bpf_loop(GH_TEXT_STEPS, gh_texts_step, &context, 0);
	return texts->failed | scratch->reading.failed || (texts->arguments | texts->variables);
}

#endif
