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

/* The vectors of one operation on one image, and what the scan over them found; lib/verdict.h. */
struct gh_scan {
	__u64 number; /* of the generation */
	__u32 slot;
	__u32 words;
	__u32 operation_value;
	__u32 no_path_value;
	__u32 spelled_value;
	__u32 bound_value;
	__u32 backing_value;
	__u32 hash_value;
	__u32 enforced_value;
	__u32 decided_policy;
	__u32 rule;
	__u32 audited_rule;
	__u32 denied;
	__u32 matched; /* some row fits */
	__u32 failed; /* a table is missing */
	__u32 complete; /* one generation was seen from beginning to end */
};

/*
 * One hook's question: one or more operations, numbered one after another, on event.image. Here and not on the stack: the
 * verifier of 6.1 does not follow constants that a callback reads through a pointer to its caller's stack, prunes paths
 * that differ in them, and then removes the branches that it did not see as dead code (mended in 6.8).
 */
struct gh_question_state {
	__u64 number; /* the generation that decides; facts that it does not ask for are not gathered */
	__u32 operation; /* the first */
	__u32 hook;
	__u32 needs_hash;
	__u32 denied;
};

struct gh_scratch {
	__u64 owner; /* 0 = free */
	struct gh_question_state asked;
	struct gh_walk walk;
	struct gh_scan scan;
	struct gh_path_key key; /* zero padded: the image's path, which decides */
	struct gh_path_key shown; /* a path that only an event shows */
	char path[GH_PATH_BYTES * 2]; /* where a path is written before it is copied to `key` */
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
