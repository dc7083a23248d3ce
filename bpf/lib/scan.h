/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A plan, carried out: which rows do these facts satisfy, and which of them decides.
 *
 * Each fact of the operation chooses a bit vector over rows (conjuncts of rules): the rows which that fact satisfies.
 * ANDing them leaves the rows that match, 64 at a time. Within a policy the first enforced row decides; rows that only
 * audit are noted and shadow nothing. Across policies the most restrictive verdict wins.
 *
 * One scan sees one generation, the one that its facts were gathered for. The slot's number is read before and after; if
 * it changed, two reloads refilled the slot in between and nothing can be said: closed. A table missing: closed.
 */
#ifndef GH_LIB_SCAN_H
#define GH_LIB_SCAN_H

#include "scratch.h"
#include "../maps/tables.h"

_Static_assert(GH_OPERATION_COUNT <= GH_OPERATION_SLOTS, "arrays by operation are too short");

#define GH_NO_POLICY 0xffffffffu

/*
 * Index of the lowest set bit: the number of bits below it. Without branches, which would cost the verifier 64 paths.
 * Not __builtin_ctzll: clang 14 and 16 do not end when they lower it for BPF here.
 */
static __always_inline __u32 gh_lowest_bit(__u64 bits)
{
	__u64 below = (bits & -bits) - 1;

	below -= (below >> 1) & 0x5555555555555555ull;
	below = (below & 0x3333333333333333ull) + ((below >> 2) & 0x3333333333333333ull);
	below = (below + (below >> 4)) & 0x0f0f0f0f0f0f0f0full;
	return (below * 0x0101010101010101ull) >> 56;
}

/*
 * An operation as an index, masked where it is used: 6.1 forgets the bounds of a number that was checked and spilled to
 * the stack. The tables have a power of two of slots, and slot 0 holds no rule.
 */
static __always_inline __u64 gh_operation_slot(__u32 operation)
{
	__u64 slot = operation;

	asm volatile("%0 &= %1" : "+r"(slot) : "i"(GH_OPERATION_SLOTS - 1));
	return slot;
}

/* The generation of a number, or null if its slot holds another one by now. */
static __always_inline struct gh_generation *gh_generation_of(__u64 number)
{
	struct gh_generation *generation = &gh_generations[number % GH_GENERATION_SLOTS];

	generation = number && *(volatile __u64 *)&generation->number == number ? generation : 0;
	/* Callers must test the pointer: the compiler would compare the numbers again, which tells the verifier nothing. */
	asm volatile("" : "+r"(generation));
	return generation;
}

static __always_inline __u64 gh_cell(struct gh_scan *scan, void *cells, __u32 value)
{
	__u32 index = value * scan->words + scan->word;
	__u64 *cell = bpf_map_lookup_elem(cells, &index);

	if (!cell) {
		scan->failed = 1;
		return 0;
	}
	return *cell;
}

static __always_inline struct gh_row *gh_row_at(struct gh_scan *scan, void *rows, __u64 bits)
{
	__u32 index = scan->word * 64 + gh_lowest_bit(bits);
	struct gh_row *row = bpf_map_lookup_elem(rows, &index);

	if (!row)
		scan->failed = 1;
	return row;
}

/* On the stack, because the callbacks of bpf_loop take nothing else. */
struct gh_scan_context {
	struct gh_scratch *scratch;
};

/* Notes what the rows `bits` of the current word decide. */
static __always_inline void gh_scan_match(struct gh_scan *scan, void *cells, __u64 bits)
{
	__u32 slot = scan->slot;
	void *rows = bpf_map_lookup_elem(&gh_rows, &slot);
	__u64 enforced, audited;
	struct gh_row *row;

	scan->matched = 1;
	if (scan->only_matching)
		return;
	if (!rows) {
		scan->failed = 1;
		return;
	}
	row = gh_row_at(scan, rows, bits);
	if (!row || row->policy == scan->decided_policy)
		return;
	enforced = bits & gh_cell(scan, cells, scan->enforced_value);
	/* What stands before the deciding row: the bits below the lowest enforced one, or all. */
	audited = bits & ~enforced & (enforced ? (enforced & -enforced) - 1 : ~0ull);
	if (audited && scan->audited_rule == GH_RULE_NONE) {
		struct gh_row *first = gh_row_at(scan, rows, audited);

		if (first)
			scan->audited_rule = first->rule;
	}
	if (!enforced)
		return;
	row = gh_row_at(scan, rows, enforced);
	if (!row)
		return;
	scan->decided_policy = row->policy;
	/* Allow is 1, deny 2 and kill 4: the higher, the more restrictive; of equals the first policy's. */
	if (row->action > scan->outcome) {
		scan->outcome = row->action;
		scan->rule = row->rule;
	}
}

/* One operand of one word. */
static long gh_scan_step(__u32 index, struct gh_scan_context *context)
{
	struct gh_scan *scan = &context->scratch->scan;
	__u32 slot = scan->slot;
	void *cells = bpf_map_lookup_elem(&gh_cells, &slot);
	__u64 at = scan->operand;
	__u64 bits;

	if (!cells || scan->failed) {
		scan->failed = 1;
		return 1;
	}
	bits = at ? scan->bits : gh_cell(scan, cells, scan->operation_value);
	if (bits && at < scan->operands && at < GH_MAX_STEPS) {
		struct gh_operand *operand = &scan->list[at];
		__u64 term = gh_cell(scan, cells, operand->value);

		if (!(operand->flags & GH_STEP_TERM_BEGIN))
			term &= scan->term;
		scan->term = term;
		if (operand->flags & GH_STEP_TERM_END)
			scan->any |= term;
		if (operand->flags & GH_STEP_GROUP_END) {
			bits &= scan->any;
			scan->any = 0;
		}
		scan->bits = bits;
		scan->operand = at + 1;
		if (bits && at + 1 < scan->operands)
			return 0;
	}
	/* The word is done: nothing is left of it, or all operands have been seen. */
	if (bits)
		gh_scan_match(scan, cells, bits);
	scan->any = 0;
	scan->operand = 0;
	scan->word += 1;
	return scan->failed || scan->word >= scan->end;
}

/* Looks up which vector a step of the plan means for these facts. */
static long gh_scan_resolve(__u32 index, struct gh_scan_context *context)
{
	struct gh_scratch *scratch = context->scratch;
	struct gh_scan *scan = &scratch->scan;
	__u32 slot = scan->slot, at = scan->first_step + index;
	void *steps = bpf_map_lookup_elem(&gh_steps, &slot), *values = bpf_map_lookup_elem(&gh_values, &slot);
	struct gh_step *step;
	__u64 place = index;
	__u32 chosen, *value;

	if (!steps || !values || place >= GH_MAX_STEPS) {
		scan->failed = 1;
		return 1;
	}
	step = bpf_map_lookup_elem(steps, &at);
	if (!step) {
		scan->failed = 1;
		return 1;
	}
	if (step->kind == GH_STEP_MASK_CLASS)
		chosen = scratch->facts.mask[step->source & (GH_MASK_COUNT - 1)];
	else if (step->kind == GH_STEP_MASK)
		chosen = scratch->facts.mask[step->source & (GH_MASK_COUNT - 1)] >> (step->bit & 63) & 1;
	else
		chosen = scratch->facts.class[step->source & (GH_SOURCE_COUNT - 1)];
	if (chosen >= step->count) {
		scan->failed = 1;
		return 1;
	}
	chosen += step->base;
	value = bpf_map_lookup_elem(values, &chosen);
	if (!value) {
		scan->failed = 1;
		return 1;
	}
	scan->list[place].value = *value;
	scan->list[place].flags = step->flags;
	return 0;
}

/* Begins a scan of generation `number`; false if there is nothing to scan, and then it says all there is to say. */
static __always_inline struct gh_generation *gh_scan_begin(struct gh_scan *scan, __u64 number, __u32 operation)
{
	struct gh_generation *generation;
	const struct gh_table_part *plan;

	scan->number = number;
	scan->slot = number % GH_GENERATION_SLOTS;
	scan->any = 0;
	scan->operand = scan->word = scan->end = 0;
	scan->rule = scan->audited_rule = GH_RULE_NONE;
	scan->decided_policy = GH_NO_POLICY;
	scan->outcome = GH_ACTION_NONE;
	scan->matched = scan->failed = scan->complete = scan->only_matching = 0;
	if (!number) { /* no policy yet */
		scan->complete = 1;
		return 0;
	}
	generation = gh_generation_of(number);
	if (!generation)
		return 0;
	plan = &generation->plan[gh_operation_slot(operation)];
	scan->words = scan->end = generation->words;
	scan->operation_value = generation->operation_value[gh_operation_slot(operation)];
	scan->enforced_value = generation->enforced_value;
	scan->first_step = plan->first;
	scan->operands = plan->count;
	return generation;
}

/* Runs what gh_scan_begin has prepared, over the words from scan->word to scan->end. */
static __noinline int gh_scan_run(struct gh_scratch *scratch)
{
	struct gh_scan_context context = {scratch};
	struct gh_scan *scan = &scratch->scan;
	struct gh_generation *generation;

	if (scan->operation_value && scan->end <= GH_MAX_WORDS && scan->operands <= GH_MAX_STEPS) {
		bpf_loop(scan->operands, gh_scan_resolve, &context, 0);
		if (!scan->failed)
			bpf_loop((scan->end - scan->word) * (scan->operands + 1), gh_scan_step, &context, 0);
	}
	generation = gh_generation_of(scan->number);
	scan->complete = generation != 0;
	return 0;
}

/* The tests of one word that the facts satisfy: ancestor, argument or environment tests (enum gh_operation, 13 to 15). */
static __always_inline __u64 gh_scan_tests(struct gh_scratch *scratch, __u64 number, __u32 operation)
{
	struct gh_scan *scan = &scratch->scan;
	struct gh_generation *generation = gh_scan_begin(scan, number, operation);
	__u32 which = operation - GH_OPERATION_ANCESTOR_TESTS;

	if (!generation || which > 2 || !generation->tests_count[which & 3])
		return 0;
	scan->word = generation->tests_word[which & 3];
	scan->end = scan->word + 1;
	scan->only_matching = 1;
	scan->bits = 0;
	gh_scan_run(scratch);
	return scan->complete && !scan->failed && scan->matched ? scan->bits : 0;
}

#endif
