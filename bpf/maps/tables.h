/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The policy tables, two generations of each.
 *
 * Written by: the agent. It builds the tables of the idle slot, announces them in gh_generations, has all processes
 *             labelled for them (gh_next), then writes the generation's number to gh_active: one eight-byte store
 *             in mapped memory switches everything. The kernel side writes only what it may forget: cached verdicts, and the numbers
 *             under which it knows processes and images.
 * Read by:    lib/automaton.h, number.h, scan.h, verdict.h, intern.h.
 * When full:  the agent sizes each inner table for its policy; a table that cannot be made fails the load and the
 *             generation in force stays. Without a free number for a process or image its verdicts are not cached.
 * When a slot is refilled under a reader: gh_generations[slot].number changes, and the reader says so (lib/scan.h).
 */
#ifndef GH_MAPS_TABLES_H
#define GH_MAPS_TABLES_H

#include <bpf/bpf_helpers.h>
#include "../abi/operation.h"
#include "../abi/source.h"
#include "../abi/table.h"
#include "shared.h"

/* Number of the generation in force, 0 = no policy yet. Its slot is number % 2. */
volatile __u64 gh_active GH_SHARED(gh_active);

/* Number of the generation that is filled and will be switched to, 0 = none. Labels are made for it too. */
volatile __u64 gh_next GH_SHARED(gh_next);

struct gh_generation gh_generations[GH_GENERATION_SLOTS] GH_SHARED(gh_generations);

/* By size: BTF does not carry types that only an inner map's definition names. */
#define GH_INNER_ARRAY(name, element)                                                                                  \
	struct name {                                                                                                  \
		__uint(type, BPF_MAP_TYPE_ARRAY);                                                                      \
		__uint(map_flags, BPF_F_INNER_MAP);                                                                    \
		__uint(max_entries, 1);                                                                                \
		__uint(key_size, sizeof(__u32));                                                                       \
		__uint(value_size, sizeof(element));                                                                   \
	}

#define GH_INNER_HASH(name, bytes, result)                                                                             \
	struct name {                                                                                                  \
		__uint(type, BPF_MAP_TYPE_HASH);                                                                       \
		__uint(max_entries, 1);                                                                                \
		__uint(key_size, bytes);                                                                               \
		__uint(value_size, result);                                                                            \
	}

#define GH_TWO_GENERATIONS(map, inner)                                                                                 \
	struct {                                                                                                       \
		__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);                                                              \
		__uint(max_entries, GH_GENERATION_SLOTS);                                                              \
		__type(key, __u32);                                                                                    \
		__array(values, struct inner);                                                                         \
	} map SEC(".maps")

GH_INNER_ARRAY(gh_state_table, struct gh_state);
GH_INNER_ARRAY(gh_bound_numbers, struct gh_number);
GH_INNER_ARRAY(gh_value_table, __u32);
GH_INNER_ARRAY(gh_step_table, struct gh_step);
GH_INNER_ARRAY(gh_cell_table, __u64);
GH_INNER_ARRAY(gh_row_table, struct gh_row);
GH_INNER_ARRAY(gh_verdict_table, __u64);
GH_INNER_HASH(gh_hash_table, sizeof(struct gh_hash_key), sizeof(__u32));
GH_INNER_HASH(gh_bound_table, sizeof(struct gh_inode_key), sizeof(struct gh_bound_name));
GH_INNER_HASH(gh_class_table, sizeof(struct gh_identity), sizeof(__u32));

/* states of the path automaton */
GH_TWO_GENERATIONS(gh_states, gh_state_table);
/* bounds of numbers, the parts one after another */
GH_TWO_GENERATIONS(gh_numbers, gh_bound_numbers);
/* SHA-256 -> class */
GH_TWO_GENERATIONS(gh_hashes, gh_hash_table);
/* inode that the agent found at a path of the policy -> classes */
GH_TWO_GENERATIONS(gh_bound, gh_bound_table);
/* step's base + class -> value */
GH_TWO_GENERATIONS(gh_values, gh_value_table);
/* the plans, one after another */
GH_TWO_GENERATIONS(gh_steps, gh_step_table);
/* value * words + word -> 64 rows */
GH_TWO_GENERATIONS(gh_cells, gh_cell_table);
/* row -> rule and action */
GH_TWO_GENERATIONS(gh_rows, gh_row_table);
/* verdicts that were found before (lib/verdict.h) */
GH_TWO_GENERATIONS(gh_verdicts, gh_verdict_table);
/* identity -> its number, from 1 (lib/intern.h) */
GH_TWO_GENERATIONS(gh_process_classes, gh_class_table);
GH_TWO_GENERATIONS(gh_image_classes, gh_class_table);

/* Numbers given so far, by slot: process classes, then image classes. The agent sets them back before it fills a slot. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, GH_GENERATION_SLOTS * 2);
	__type(key, __u32);
	__type(value, __u64);
} gh_class_counts SEC(".maps");

/* Written by the agent at start; read by every hook. */
struct gh_config gh_config GH_SHARED(gh_config);

#endif
