/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* From a number to its class: a binary search in one of the generation's tables of bounds. */
#ifndef GH_LIB_NUMBER_H
#define GH_LIB_NUMBER_H

#include "scratch.h"
#include "../maps/tables.h"

#define GH_LOOKUP_STEPS 20 /* more bounds than a policy has room for */

struct gh_lookup_context {
	struct gh_scratch *scratch;
};

/* The last entry whose bound is not above the number lies in [low, high). */
static long gh_lookup_step(__u32 index, struct gh_lookup_context *context)
{
	struct gh_lookup *lookup = &context->scratch->lookup;
	__u32 slot = lookup->slot, middle = (lookup->low + lookup->high) / 2;
	void *numbers = bpf_map_lookup_elem(&gh_numbers, &slot);
	struct gh_number *entry;

	if (!numbers || lookup->low >= lookup->high)
		return 1;
	entry = bpf_map_lookup_elem(numbers, &middle);
	if (!entry)
		return 1;
	if (entry->bound > lookup->number) {
		lookup->high = middle;
	} else {
		lookup->class = entry->class;
		lookup->low = middle + 1;
	}
	return 0;
}

static __noinline __u32 gh_number_class(struct gh_scratch *scratch, const struct gh_generation *generation, __u32 table,
					__u64 number)
{
	struct gh_lookup_context context = {scratch};
	struct gh_lookup *lookup = &scratch->lookup;
	const struct gh_table_part *part = &generation->numbers[table & (GH_NUMBERS_TABLES - 1)];

	if (!part->count)
		return 0;
	lookup->slot = generation->number % GH_GENERATION_SLOTS;
	lookup->number = number;
	lookup->low = part->first;
	lookup->high = part->first + part->count;
	lookup->class = 0;
	bpf_loop(GH_LOOKUP_STEPS, gh_lookup_step, &context, 0);
	return lookup->class;
}

#endif
