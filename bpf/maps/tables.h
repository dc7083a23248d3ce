/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The policy tables, two generations of each.
 *
 * Written by: the agent only. It builds the tables of the idle slot, announces them in gh_generations, then writes the
 *             generation's number to gh_active: one eight-byte store switches everything.
 * Read by:    lib/verdict.h.
 * When full:  the agent sizes each inner table for its policy; a table that cannot be made fails the load and the
 *             generation in force stays.
 * When a slot is refilled under a reader: gh_generations[slot].number changes, the reader starts again (lib/verdict.h).
 */
#ifndef GH_MAPS_TABLES_H
#define GH_MAPS_TABLES_H

#include <bpf/bpf_helpers.h>
#include "../abi/operation.h"
#include "../abi/table.h"

/* Number of the generation in force, 0 = no policy yet. Its slot is number % 2. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} gh_active SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, GH_GENERATION_SLOTS);
	__type(key, __u32);
	__type(value, struct gh_generation);
} gh_generations SEC(".maps");

struct gh_path_table {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, struct gh_path_key);
	__type(value, __u32);
};

struct gh_hash_table {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__uint(key_size,
	       sizeof(struct gh_hash_key)); /* only its bytes are ever touched, so BTF does not carry the type */
	__type(value, __u32);
};

struct gh_inode_table {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, struct gh_inode_key);
	__type(value, __u32);
};

struct gh_cell_table {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_INNER_MAP);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
};

struct gh_row_table {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_INNER_MAP);
	__uint(max_entries, 1);
	__type(key, __u32);
	__uint(value_size, sizeof(struct gh_row));
};

#define GH_TWO_GENERATIONS(map, inner)                                                                                 \
	struct {                                                                                                       \
		__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);                                                              \
		__uint(max_entries, GH_GENERATION_SLOTS);                                                              \
		__type(key, __u32);                                                                                    \
		__array(values, struct inner);                                                                         \
	} map SEC(".maps")

/* path as spelled -> value */
GH_TWO_GENERATIONS(gh_paths, gh_path_table);
/* inode that the agent found at a rule's path -> value */
GH_TWO_GENERATIONS(gh_bound, gh_inode_table);
/* SHA-256 -> value */
GH_TWO_GENERATIONS(gh_hashes, gh_hash_table);
/* value * words + word -> 64 rows */
GH_TWO_GENERATIONS(gh_cells, gh_cell_table);
/* row -> rule and action */
GH_TWO_GENERATIONS(gh_rows, gh_row_table);

/* Written by the agent at start; read by every hook. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct gh_config);
} gh_config SEC(".maps");

#endif
