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
	GH_SHARED_ENTRIES = 65536,
	GH_SEEN_ENTRIES = 64,
	/* Contents that the trust database may name. */
	GH_TRUSTED_ENTRIES = 1048576,
	GH_ANSWER_ENTRIES = 65536,
	/* Clients that can be asked. */
	GH_ASKED_CLIENTS = 16,
	GH_GENERATION_SLOTS = 2,
	/* Length of arrays by operation; a power of two. */
	GH_OPERATION_SLOTS = 32,
	/* Rows of all policies; the rows of one policy start at a multiple of 64. */
	GH_MAX_ROWS = 16384,
	GH_MAX_WORDS = 256,
	/* Rules of all policies: a cached verdict has 14 bits for the rule, all ones for none. */
	GH_MAX_RULES = 16383,
	/* Different processes, and different images, that one generation tells apart by number; 0 = no number. */
	GH_CLASSES = 4096,
	/* Cached verdicts of one generation. */
	GH_VERDICT_SLOTS = 65536,
	/* Steps of one operation's plan. */
	GH_MAX_STEPS = 192,
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

/*
 * One state of the path automaton, at its place in a double array: the state that byte b leads to from state s is
 * s.base + b if the entry there has check == s.base, else s.otherwise. Entry 0 is the dead state: everything leads to it.
 * Bases, and not indexes, are compared because a state that several others lead to has an entry at each of these places;
 * no two different states have one base, none has base 0, and an entry that is not in use has check 0xffffffff.
 */
struct gh_state {
	__u32 check;
	__u32 base;
	__u32 otherwise;
	__u32 accept; /* class of a text that ends here */
};

/* The last entry of a table whose bound is not above a number gives its class. The first bound is 0. */
struct gh_number {
	__u64 bound;
	__u32 class;
	__u32 pad;
};

/* What stands at an inode that the agent found at a path of the policy: the classes of that path, and of the file itself. */
struct gh_bound_name {
	__u32 name[3]; /* by enum gh_name */
	__u32 file;
};

/* Everything that a decision knows of one process or one image. Equal identities have one number per generation. */
struct gh_identity {
	__u32 class[16]; /* of one role, see enum gh_source */
	__u64 mask[4];
};

enum gh_step_kind {
	GH_STEP_CLASS = 0, /* value = values[base + class[source]]; a class that is not below count fails closed */
	GH_STEP_MASK = 1, /* value = values[base + (mask[source] >> bit & 1)] */
	GH_STEP_MASK_CLASS = 2, /* value = values[base + mask[source]]; see enum gh_image_mask */
};

/* A word is: AND over groups of (OR over terms of (AND over steps of cells[value])). */
enum gh_step_flag {
	GH_STEP_TERM_BEGIN = 1,
	GH_STEP_TERM_END = 2,
	GH_STEP_GROUP_END = 4,
};

struct gh_step {
	__u32 base; /* index into the generation's values */
	__u32 count;
	__u16 source;
	__u8 kind; /* enum gh_step_kind */
	__u8 bit;
	__u32 flags; /* enum gh_step_flag */
};

struct gh_table_part {
	__u32 first;
	__u32 count;
};

enum gh_operation_need {
	GH_NEEDS_SUBJECT = 1, /* some row tests the acting process */
	GH_NEEDS_TARGET = 2,
	GH_NEEDS_NAME = 4, /* of the image */
	GH_NEEDS_HASH = 8, /* some row tests the image's hash, or what follows from it */
	GH_NEEDS_IMAGE = 16, /* anything of the image */
	GH_NEEDS_ARGUMENTS = 32,
	GH_NEEDS_ENVIRONMENT = 64,
	GH_NEEDS_REQUEST = 128, /* some row tests the operation's own facts */
	GH_NEEDS_OPEN_WHEN_FULL = 256, /* every rule that refuses says onFull: allow */
	GH_NEEDS_CHILD = 512, /* some row tests whether the target is a child; only with GH_NEEDS_REQUEST */
	GH_NEEDS_ANCESTORS = 1024, /* of the acting process or of the target */
	GH_NEEDS_TRUST = 2048, /* of the image; always with GH_NEEDS_HASH */
	GH_NEEDS_VERITY = 4096, /* the fs-verity digest of the image */
	GH_NEEDS_ANSWERS = 8192, /* what clients said of the image */
};

/* What labels of processes depend on beyond the executable: a label made for other facts is made anew. */
enum gh_label_need {
	GH_LABEL_UID = 1,
	GH_LABEL_CAPABILITIES = 2,
	GH_LABEL_FLAGS = 4,
	GH_LABEL_ANCESTORS = 8,
	GH_LABEL_NAMES = 16,
	GH_LABEL_HASH = 32,
	GH_LABEL_EFFECTIVE_UID = 64,
	GH_LABEL_GID = 128,
	GH_LABEL_EFFECTIVE_GID = 256,
	GH_LABEL_LOGIN_UID = 512,
	GH_LABEL_CREDENTIALS = 963, /* all that the credentials decide: 1, 2, 64, 128, 256, 512 */
};

/* Numbers ending in _value index gh_cells in steps of `words`. Value 0 is the empty vector. */
struct gh_generation {
	__u64 number; /* 0 while the slot is being filled: whoever reads it then must start again */
	__u32 words; /* 64-row words of each vector; 0 = no rows */
	__u32 enforced_value; /* rows that decide (not audit) */
	__u32 label_needs; /* enum gh_label_need */
	__u32 operation_value[32]; /* by enum gh_operation; 0 = no rule asks for it */
	__u32 operation_needs[32]; /* enum gh_operation_need */
	struct gh_table_part plan[32]; /* of gh_steps, by enum gh_operation */
	struct gh_table_part numbers[8]; /* of gh_numbers, by enum gh_number_table */
	__u32 automaton_start[3]; /* by enum gh_name; 0 = no such pattern */
	__u32 automaton_states;
	__u32
	    open_rights; /* bit r: some row of process.open or thread.open can match right r of enum gh_right; and GH_OPEN_TESTS_CHILD */
	__u32 open_needs[2]; /* enum gh_label_need, what their rows test of the subject and of the target */
	/* The word of ancestor, argument and environment tests, and how many there are; 0 tests = none. */
	__u32 tests_word[3];
	__u32 tests_count[3];
	/* Ancestor test i was test ancestor_from[i] - 1 of the generation before; 0 = it is new. */
	__u8 ancestor_from[64];
};

/* In open_rights, beside the rights. */
enum gh_open_flag {
	GH_OPEN_TESTS_CHILD = 65536, /* some row tests whether the target is a child: parents change */
};

struct gh_config {
	__u32 abi_version;
	__u32 report; /* enum gh_report */
	struct gh_inode_key canary; /* inode 0 = none; refused whatever the policy says */
	__u64 host_mount_namespace; /* inode number of the first process's */
};

/* SHA-256 of one content version of a file; valid while nothing has opened the file for writing since. */
struct gh_content {
	__u8 sha256[32];
	__u64 size;
	__s64 changed_seconds;
	__u32 changed_nanoseconds;
	__u32 pad;
	__u64 epoch; /* of the file; 64 bits, because who can count them round brings an old hash back */
	__u64 mount_epoch; /* of the super block's device number, which another file system may get */
};

/* Which bytes an image consists of, as a digest that the kernel computes. */
enum gh_digest_kind {
	GH_DIGEST_CONTENT = 0, /* SHA-256 of the content */
	GH_DIGEST_VERITY = 1, /* fs-verity with SHA-256 */
};

struct gh_trust_key {
	__u8 digest[32];
	__u32 kind; /* enum gh_digest_kind */
};

/* One version of a file's content. Equal: nothing has been written in between. */
struct gh_version {
	__u64 size;
	__s64 changed_seconds;
	__u32 changed_nanoseconds;
	__u32
	    provable; /* 1: the kernel side sees every change of it; 0: it can change behind our back, or somebody writes */
	__u64 epoch;
	__u64 mount_epoch;
};

/* What the agent opened to ask for it: kept with the inode, read by descriptor. */
struct gh_asked {
	struct gh_inode_key content; /* the inode that holds the content */
	struct gh_version version;
};

/* What clients said of one version of a content. */
struct gh_answer {
	struct gh_version version;
	__u32 answers; /* as GH_IMAGE_MASK_ANSWERS */
	__u32 pad;
};

struct gh_sequence {
	__u64 global;
	__u64 by_class[5];
};

#endif
