/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the hooks of class process remember between two calls.
 *
 * gh_owners  who said whom a file's signals go to (hooks/signal.c). Nothing ends an entry but the next owner of a file at
 *            the same address: without an owner a file sends no signals, so a stale entry is never read. When full: the
 *            oldest goes, and the signals of its file are refused where a policy could want them refused.
 * gh_ended   processes whose end was reported (hooks/process.c). When full: the oldest goes, long after it was needed.
 */
#ifndef GH_MAPS_PROCESS_H
#define GH_MAPS_PROCESS_H

#include <bpf/bpf_helpers.h>
#include <linux/types.h>
#include "report.h"

#define GH_OWNER_ENTRIES 16384
#define GH_ENDED_ENTRIES 4096

struct gh_who {
	__u32 pid;
	__u32 pad;
	__u64 start_nanoseconds;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, GH_OWNER_ENTRIES);
	__type(key, __u64);
	__type(value, struct gh_asker);
} gh_owners SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, GH_ENDED_ENTRIES);
	__type(key, struct gh_who);
	__type(value, __u32);
} gh_ended SEC(".maps");

#endif
