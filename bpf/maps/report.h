/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Telemetry. No decision reads anything in here.
 *
 * gh_events    written by lib/emit.h, read by the agent. When full: the record is dropped and counted in gh_lost; its
 *              sequence number is used up, so the reader sees the gap.
 * gh_counts    per CPU, by enum gh_counter.
 * gh_lost      per CPU, by enum gh_operation.
 * gh_sequence  the last numbers given.
 * gh_scratch   pieces of working memory, taken and given back within one hook (lib/scratch.h). When none is free: the
 *              hook fails closed if the policy needs one to decide, and the event goes without text otherwise.
 */
#ifndef GH_MAPS_REPORT_H
#define GH_MAPS_REPORT_H

#include <bpf/bpf_helpers.h>
#include "../abi/event.h"
#include "../abi/operation.h"
#include "../abi/table.h"
#include "labels.h"

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 8 * 1024 * 1024); /* the agent's --ring-bytes replaces it before load */
} gh_events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, GH_COUNTER_COUNT);
	__type(key, __u32);
	__type(value, __u64);
} gh_counts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, GH_OPERATION_COUNT);
	__type(key, __u32);
	__type(value, __u64);
} gh_lost SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct gh_sequence);
} gh_sequence SEC(".maps");

/* Climbing from a file to the root of the acting task; lib/path.h. */
struct gh_walk {
	struct dentry *dentry;
	struct mount *mount;
	struct dentry *root_dentry;
	struct mount *root_mount;
	__u32 position;
	__u32 done;
};

/* A text that the automaton reads: scratch->name from start on; lib/automaton.h. */
struct gh_reading {
	__u32 slot;
	__u32 start;
	__u32 length;
	__u32 state[GH_NAME_CLASSES];
	__u32 class[GH_NAME_CLASSES];
	__u32 failed; /* a table is missing */
};

/* Looking a number up; lib/number.h. */
struct gh_lookup {
	__u64 number;
	__u32 slot;
	__u32 low;
	__u32 high;
	__u32 class;
};

/* A step of the plan, with the vector that the facts choose. */
struct gh_operand {
	__u32 value;
	__u32 flags; /* enum gh_step_flag */
};

/* A plan on its way over the words of the vectors, and what it has found; lib/scan.h. */
struct gh_scan {
	__u64 number; /* of the generation */
	__u64 bits; /* rows of the word that still fit */
	__u64 any; /* OR of the terms of the group so far */
	__u64 term; /* AND of the steps of the term so far */
	__u32 slot;
	__u32 words;
	__u32 word;
	__u32 end; /* the word to stop at */
	__u32 operand; /* the next one */
	__u32 operands;
	__u32 first_step;
	__u32 operation_value;
	__u32 enforced_value;
	__u32 decided_policy;
	__u32 rule;
	__u32 audited_rule;
	__u32 outcome; /* enum gh_action of the deciding rule, or GH_ACTION_NONE */
	__u32 matched; /* some row fits */
	__u32 only_matching; /* do not look for the row that decides */
	__u32 failed; /* a table is missing, or a class is not in its table */
	__u32 complete; /* one generation was seen from beginning to end */
	struct gh_operand list[GH_MAX_STEPS];
};

/* What the plan looks at: enum gh_source and enum gh_mask. */
struct gh_facts {
	__u32 class[GH_SOURCE_COUNT];
	__u64 mask[GH_MASK_COUNT];
};

/*
 * One hook's question: one or more operations, numbered one after another. Here and not on the stack: the verifier of 6.1
 * does not follow constants that a callback reads through a pointer to its caller's stack, prunes paths that differ in
 * them, and then removes the branches that it did not see as dead code (mended in 6.8).
 */
struct gh_question_state {
	__u64 number; /* the generation that decides; facts that it does not ask for are not gathered */
	__u64 request; /* the operation's own facts in 17 bits, or GH_REQUEST_MANY (lib/verdict.h) */
	__u32 operation; /* the first */
	__u32 hook;
	__u32 subject; /* number of the identity, 0 = has none */
	__u32 object;
	__u32 asks_hash; /* some row that fits in all but the hash tests it */
	__u32 denied;
	__u32 killed;
	__u64 arguments_start; /* of a new program whose arguments the kernel has not noted yet; else 0 */
	__u64 arguments_end;
	__u32 failed; /* a fact could not be had */
	__u32 no_memory; /* a fact could not be kept, and not all rules say onFull: allow */
	__u32 unknown_subject; /* nothing is known of who asks */
	__u32 asked_by_other; /* scratch->asker asks, and not the acting process */
};

/* Who asks, when it is not the acting process; lib/ask.h. */
struct gh_asker {
	__u32 pid;
	__u32 pad;
	__u64 start_nanoseconds;
	__u64 exec; /* the process's count of execs: what it executes later did not ask */
	struct gh_moment moment;
};

/* The tests of single arguments or variables; enum gh_operation, 14 and 15. */
struct gh_text_plan {
	__u32 first_step;
	__u32 steps;
	__u32 word;
	__u32 operation_value;
};

/* Arguments and variables on their way through the automaton; lib/texts.h. */
struct gh_texts {
	__u64 address; /* of the next byte */
	__u64 found[2]; /* tests that some argument, some variable satisfies */
	__u64 arguments_end;
	__u32 arguments; /* left */
	__u32 variables; /* left */
	__u32 phase;
	__u32 index; /* of the byte of the text that is next */
	__u32 more; /* the text goes on behind what was read */
	__u32 skipped; /* what was read last is no text's beginning */
	__u32 words;
	__u32 failed;
	__u32 start[GH_NAME_CLASSES];
	__u32 pad;
	struct gh_text_plan plan[2];
};

/* From a process up to the first one; hooks/label.c. */
struct gh_chain {
	struct task_struct *leader;
	__u64 number;
	__u64 ancestors;
};

/* The longest path that Linux has; a longer one (a deep folder, entered step by step) is treated as unknown. */
#define GH_NAME_BYTES  4096
#define GH_NAME_BUFFER (GH_NAME_BYTES + 256)

/* A hash on its way over memory; lib/sha256.h. */
struct gh_sha256 {
	__u64 address;
	__u64 size;
	__u64 offset;
	__u32 state[8];
	__u32 working[8];
	__u32 word[16];
	__u8 block[64];
	__u32 failed;
	__u32 pad;
};

/* struct fsverity_digest of include/uapi/linux/fsverity.h, with room for the longest. */
struct gh_verity_digest {
	__u16 algorithm;
	__u16 size;
	__u8 bytes[64];
};

struct gh_scratch {
	__u64 owner; /* 0 = free */
	__u64 slot; /* which of the pool it is */
	struct gh_question_state asked;
	struct gh_walk walk;
	struct gh_reading reading;
	struct gh_lookup lookup;
	struct gh_scan scan;
	struct gh_facts facts;
	__u32 saved[GH_PROGRAM_SOURCES];
	__u32 pad;
	struct gh_identity identity;
	struct gh_known known;
	struct gh_exec exec;
	struct gh_chain chain;
	struct gh_texts texts;
	struct gh_task_now now;
	struct gh_asker asker;
	struct gh_process_key process; /* whom scratch->known is of */
	struct gh_image_stamp stamp;
	struct gh_sha256 sha256;
	struct gh_trust_key trust;
	struct gh_verity_digest verity;
	struct gh_image program; /* the executable of a process that is labelled */
	__u32 name_start; /* a path is name[name_start], name_length bytes */
	__s32 name_length; /* negative: none, or longer than GH_NAME_BYTES */
	char name[GH_NAME_BUFFER];
	struct gh_decision_event event;
	char text[GH_TEXT_BYTES];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, GH_SCRATCH_SLOTS);
	__type(key, __u32);
	__type(value, struct gh_scratch);
} gh_scratch SEC(".maps");

#endif
