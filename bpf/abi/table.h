/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The tables that the agent fills and the hooks read. Padding is explicit: keys are compared byte by byte. */
#ifndef GH_ABI_TABLE_H
#define GH_ABI_TABLE_H

#include <linux/types.h>

enum gh_limit {
	/* A path of a rule, terminator included. A longer path of a file equals no rule, so it needs no comparison. */
	GH_PATH_BYTES = 256,
	GH_HASH_BYTES = 32,
	/* Hash buckets of write epochs; a collision costs one more hash of a file, never a wrong verdict. */
	GH_EPOCH_BUCKETS = 65536,
	/* Pieces of working memory. In use at once: one a CPU, plus preempted hooks. */
	GH_SCRATCH_SLOTS = 256,
	GH_CONTENT_ENTRIES = 16384,
	GH_SEEN_ENTRIES = 64,
	GH_GENERATION_SLOTS = 2,
	/* Length of arrays by operation: the next power of two from GH_OPERATION_COUNT. */
	GH_OPERATION_SLOTS = 4,
	/*
	 * A file larger than this is not hashed but treated as unknown. A hash cannot be interrupted, so without a limit
	 * anyone could make processes that nobody can kill out of one sparse file. Larger than any program in Debian.
	 */
	GH_HASH_MAX_MEBIBYTES = 1024,
};

/* "No such rule". */
enum gh_rule_index {
	GH_RULE_NONE = 0x7fffffff,
};

/* Text of a path, zero to the end. */
struct gh_path_key {
	char text[256];
};

struct gh_hash_key {
	__u8 sha256[32];
};

/* The super block's device, not st_dev: they differ on overlayfs and btrfs. */
struct gh_inode_key {
	__u64 device;
	__u64 inode;
	__u32 generation;
	__u32 pad;
};

/* A row is one conjunct of a rule. Rows of one policy start at a multiple of 64. */
struct gh_row {
	__u32 rule;
	__u16 policy;
	__u8 action; /* enum gh_action */
	__u8 enforced;
};

/* Numbers ending in _value index gh_cells in steps of `words`. Value 0 is the empty vector. */
struct gh_generation {
	__u64 number; /* 0 while the slot is being filled: whoever reads it then must start again */
	__u32 words; /* 64-row words of each vector; 0 = no rows */
	__u32 no_path_value; /* rows that do not ask for a path */
	__u32 no_hash_value; /* rows that accept a hash which no rule names */
	__u32 unknown_hash_value; /* rows that accept a hash which could not be had */
	__u32 volatile_hash_value; /* as no_hash_value, without rows that allow by hash: what changes is not granted */
	__u32 hash_constrained_value; /* rows that ask for a hash */
	__u32 enforced_value; /* rows that decide (allow or deny, not audit) */
	__u32 operation_value[4]; /* by enum gh_operation; 0 = no rule asks for it */
	__u8 needs_path[4];
	__u8 needs_hash[4];
	__u32 pad;
};

struct gh_config {
	__u32 abi_version;
	__u32 report; /* enum gh_report */
	struct gh_inode_key canary; /* inode 0 = none; refused whatever the policy says */
};

/* SHA-256 of one content version of a file; valid while nothing has opened the file for writing since. */
struct gh_content {
	__u8 sha256[32];
	__u64 size;
	__s64 changed_seconds;
	__u32 changed_nanoseconds;
	__u32 epoch; /* of the file */
	__u32 mount_epoch; /* of the super block's device number, which another file system may get */
	__u32 pad;
};

struct gh_sequence {
	__u64 global;
	__u64 by_class[3];
};

#endif
