/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Contents that somebody vouches for, and what clients said of contents when they were asked.
 *
 * gh_trusted    digest -> enum gh_trust. Written by the agent from the trust database; then it loads its policies again, because
 *               labels and kept verdicts say what was true before. When full: the agent refuses the database, what was there stays.
 * gh_answers    by the inode that holds the content: what clients said of one version of it. Written by the agent before it lets an
 *               opener go on. When full: the least recently used goes, and has no answer then: the rule's onMiss.
 * gh_tickets    per inode that the agent was given to ask for: the number of the asking. Read by the agent, by descriptor.
 * gh_asked_of   by that number: which content in which version it was. When full: the oldest goes, and cannot be answered.
 * gh_waiting    by thread of the agent: the ticket of a file on overlayfs whose real file it opens next. When full: the oldest goes, and
 *               cannot be answered.
 * gh_asking     the agent's process while it is given files to ask for, 0 = nobody asks. Written by the agent.
 */
#ifndef GH_MAPS_TRUST_H
#define GH_MAPS_TRUST_H

#include <bpf/bpf_helpers.h>
#include "../abi/source.h"
#include "../abi/table.h"
#include "shared.h"

#define GH_TICKETS 16384

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, GH_TRUSTED_ENTRIES);
	__type(key, struct gh_trust_key);
	__type(value, __u32);
} gh_trusted SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, GH_ANSWER_ENTRIES);
	__type(key, struct gh_inode_key);
	__type(value, struct gh_answer);
} gh_answers SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_INODE_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, __u64);
} gh_tickets SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, GH_TICKETS);
	__type(key, __u64);
	__type(value, struct gh_asked);
} gh_asked_of SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, __u64);
} gh_waiting SEC(".maps");

volatile __u64 gh_asking GH_SHARED(gh_asking);

/* The last number given. */
__u64 gh_ticket;

#endif
