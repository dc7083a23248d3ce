/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The decision: which rule, of which policy, says what.
 *
 * Each fact of the operation has a bit vector over rows (conjuncts of rules): the rows which that fact satisfies. ANDing
 * them leaves the rows that match, 64 at a time. Within a policy the first enforced row decides; rows that only audit
 * are noted and shadow nothing. Across policies the most restrictive verdict wins.
 *
 * One decision sees one generation, the one that its facts were gathered for. The slot's number is read before and after;
 * if it changed, two reloads refilled the slot in between and nothing can be said: closed. A table missing: closed.
 */
#ifndef GH_LIB_VERDICT_H
#define GH_LIB_VERDICT_H

#include "../maps/tables.h"
#include "inode.h"
#include "path.h"

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

static __always_inline __u64 gh_cell(struct gh_scan *scan, void *cells, __u32 value, __u32 word)
{
	__u32 index = value * scan->words + word;
	__u64 *cell = bpf_map_lookup_elem(cells, &index);

	if (!cell) {
		scan->failed = 1;
		return 0;
	}
	return *cell;
}

static __always_inline struct gh_row *gh_row_at(struct gh_scan *scan, void *rows, __u32 word, __u64 bits)
{
	__u32 index = word * 64 + gh_lowest_bit(bits);
	struct gh_row *row = bpf_map_lookup_elem(rows, &index);

	if (!row)
		scan->failed = 1;
	return row;
}

/* On the stack, because the callbacks of bpf_loop take nothing else. */
struct gh_scan_context {
	struct gh_scratch *scratch;
};

static long gh_scan_word(__u32 word, struct gh_scan_context *context)
{
	struct gh_scan *scan = &context->scratch->scan;
	__u32 slot = scan->slot;
	void *cells = bpf_map_lookup_elem(&gh_cells, &slot);
	void *rows = bpf_map_lookup_elem(&gh_rows, &slot);
	__u64 bits, enforced, audited;
	struct gh_row *row;

	if (!cells || !rows) {
		scan->failed = 1;
		return 1;
	}
	bits = gh_cell(scan, cells, scan->operation_value, word);
	if (bits)
		bits &= gh_cell(scan, cells, scan->no_path_value, word) |
			gh_cell(scan, cells, scan->spelled_value, word) |
			gh_cell(scan, cells, scan->bound_value, word) | gh_cell(scan, cells, scan->backing_value, word);
	if (bits)
		bits &= gh_cell(scan, cells, scan->hash_value, word);
	if (!bits)
		return scan->failed != 0;

	scan->matched = 1;
	row = gh_row_at(scan, rows, word, bits);
	if (!row || row->policy == scan->decided_policy)
		return scan->failed != 0;

	enforced = bits & gh_cell(scan, cells, scan->enforced_value, word);
	/* What stands before the deciding row: the bits below the lowest enforced one, or all. */
	audited = bits & ~enforced & (enforced ? (enforced & -enforced) - 1 : ~0ull);
	if (audited && scan->audited_rule == GH_RULE_NONE) {
		struct gh_row *first = gh_row_at(scan, rows, word, audited);

		if (first)
			scan->audited_rule = first->rule;
	}
	if (!enforced)
		return scan->failed != 0;

	row = gh_row_at(scan, rows, word, enforced);
	if (!row)
		return 1;
	scan->decided_policy = row->policy;
	if (row->action == GH_ACTION_DENY && !scan->denied) {
		scan->denied = 1;
		scan->rule = row->rule;
	} else if (scan->rule == GH_RULE_NONE) {
		scan->rule = row->rule;
	}
	return scan->failed != 0;
}

/* The value that one of the slot's tables gives to a key, or `otherwise`. A missing table is a failure, not a miss. */
static __always_inline __u32 gh_value_in(struct gh_scan *scan, void *table, const void *key, __u32 otherwise)
{
	__u32 *value;

	if (!table) {
		scan->failed = 1;
		return otherwise;
	}
	value = bpf_map_lookup_elem(table, key);
	return value ? *value : otherwise;
}

static __always_inline __u32 gh_hash_value(struct gh_scan *scan, const struct gh_generation *generation,
					   const struct gh_image *image)
{
	__u32 slot = scan->slot;

	if (image->hash_state == GH_HASH_UNKNOWN)
		return generation->unknown_hash_value;
	if (image->hash_state == GH_HASH_VOLATILE)
		return generation->volatile_hash_value;
	if (image->hash_state != GH_HASH_KNOWN)
		return generation->no_hash_value;
	return gh_value_in(scan, bpf_map_lookup_elem(&gh_hashes, &slot), image->sha256, generation->no_hash_value);
}

enum gh_question {
	GH_QUESTION_VERDICT,
	/* Does any row that would match, were its hash right, ask for a hash? If not, no hash is computed. */
	GH_QUESTION_NEEDS_HASH,
};

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

/*
 * Leaves in scratch->scan what generation `number` says. scratch->key is the spelled path, empty if no rule's path can be
 * equal. `complete` stays 0 if the slot was refilled meanwhile, which takes two reloads.
 */
static __always_inline struct gh_scan *gh_scan_rules(struct gh_scratch *scratch, const struct gh_image *image,
						     __u32 operation, __u64 number, enum gh_question question)
{
	struct gh_scan_context context = {scratch};
	struct gh_scan *scan = &scratch->scan;
	struct gh_generation *generation;

	__builtin_memset(scan, 0, sizeof(*scan));
	scan->rule = scan->audited_rule = GH_RULE_NONE;
	scan->decided_policy = GH_NO_POLICY;
	scan->number = number;
	scan->slot = number % GH_GENERATION_SLOTS;
	if (!number) { /* no policy yet */
		scan->complete = 1;
		return scan;
	}
	generation = bpf_map_lookup_elem(&gh_generations, &scan->slot);
	if (!generation || *(volatile __u64 *)&generation->number != number)
		return scan;
	scan->words = generation->words;
	scan->operation_value = generation->operation_value[gh_operation_slot(operation)];
	scan->no_path_value = generation->no_path_value;
	scan->enforced_value = generation->enforced_value;
	if (scan->operation_value) {
		if (generation->needs_path[gh_operation_slot(operation)]) {
			void *bound = bpf_map_lookup_elem(&gh_bound, &scan->slot);

			scan->spelled_value =
			    gh_value_in(scan, bpf_map_lookup_elem(&gh_paths, &scan->slot), &scratch->key, 0);
			scan->bound_value = gh_value_in(scan, bound, &image->inode, 0);
			scan->backing_value = gh_value_in(scan, bound, &image->backing, 0);
		}
		scan->hash_value = question == GH_QUESTION_NEEDS_HASH ? generation->hash_constrained_value
								      : gh_hash_value(scan, generation, image);
		bpf_loop(scan->words, gh_scan_word, &context, 0);
	}
	scan->complete = *(volatile __u64 *)&generation->number == number;
	return scan;
}

static __always_inline void gh_deny(struct gh_verdict *verdict, enum gh_reason reason)
{
	verdict->denied = 1;
	verdict->reason = reason;
}

static __always_inline int gh_is_canary(const struct gh_image *image)
{
	__u32 zero = 0;
	struct gh_config *config = bpf_map_lookup_elem(&gh_config, &zero);

	return config && config->canary.inode && gh_same_inode(&config->canary, &image->inode);
}

static __always_inline void gh_decide(struct gh_scratch *scratch, const struct gh_image *image, __u32 operation,
				      __u64 number, struct gh_verdict *verdict)
{
	struct gh_scan *scan = gh_scan_rules(scratch, image, operation, number, GH_QUESTION_VERDICT);

	verdict->generation = scan->number;
	verdict->rule = scan->rule;
	verdict->audited_rule = scan->audited_rule;
	verdict->denied = scan->denied;
	verdict->reason = scan->rule == GH_RULE_NONE ? GH_REASON_NO_RULE : GH_REASON_RULE;
	gh_count(GH_COUNTER_DECISIONS);
	if (!scan->complete) {
		gh_count(GH_COUNTER_GENERATION_RACES);
		gh_deny(verdict, GH_REASON_GENERATION_RACE);
	} else if (scan->failed) {
		gh_count(GH_COUNTER_TABLES_MISSING);
		gh_deny(verdict, GH_REASON_TABLE_MISSING);
	}
	if (gh_is_canary(image)) {
		gh_deny(verdict, GH_REASON_CANARY);
		gh_count(GH_COUNTER_CANARY_DENIALS);
	} else if (verdict->denied) {
		gh_count(GH_COUNTER_DENIALS);
	}
}

#endif
