/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What is known of file contents, and how it ends.
 *
 * gh_contents  written and read by lib/content.h. When full: the least recently used entry goes, which costs a hash.
 * gh_epochs    counted up by hooks/content.c whenever a file is opened for writing or truncated; a content entry of an
 *              older epoch is not used. Inodes share a counter by hash: a collision costs a hash, never a wrong verdict.
 * gh_hashed    of files that were hashed lately, how often each was opened for writing since. Who hashes looks before and after: a
 *              collision in gh_epochs must not make anybody's file one that is doubted. When full: the least recently hashed goes; a hash
 *              that is under way then is doubted (closed).
 * gh_shared    files that were mapped shared by somebody who could write. Memory of such a mapping can be pinned: for as long as one
 *              likes by io_uring on tmpfs, and everywhere by a read into it that does not end (O_DIRECT, FUSE). Then it is written to when
 *              nobody has the file open or mapped any more: such a content is never known to be the same. When full: the least recently
 *              mapped goes.
 * gh_binding   thread id of the agent while it finds the inodes behind a path, else 0. Written by the agent.
 * gh_seen      the inodes which that thread opened meanwhile: two on overlayfs. Emptied by the agent before each open,
 *              so that it never fills; a binding that saw nothing is reported as a problem of that path.
 */
#ifndef GH_MAPS_CONTENT_H
#define GH_MAPS_CONTENT_H

#include <bpf/bpf_helpers.h>
#include "../abi/table.h"

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, GH_CONTENT_ENTRIES);
	__type(key, struct gh_inode_key);
	__type(value, struct gh_content);
} gh_contents SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, GH_EPOCH_BUCKETS);
	__type(key, __u32);
	__type(value, __u64);
} gh_epochs SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, GH_CONTENT_ENTRIES);
	__type(key, struct gh_inode_key);
	__type(value, __u64);
} gh_hashed SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, GH_SHARED_ENTRIES);
	__type(key, struct gh_inode_key);
	__type(value, __u32);
} gh_shared SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} gh_binding SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, GH_SEEN_ENTRIES);
	__type(key, struct gh_inode_key);
	__type(value, __u32);
} gh_seen SEC(".maps");

#endif
