/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What is guarded, who keeps it, and refusing.
 *
 * The programs take no result of an earlier program as their last argument: a program that refuses ends the call, and a hook that gets
 * one argument more in a newer kernel would have it there.
 *
 * gs_guarded      files and directories by inode, with enum gh_guard. Filled by the agent before the seal.
 * gs_filesystems  devices of the file systems that they lie on: files elsewhere cost one look-up.
 * gs_devices      block devices beneath, by number.
 * gs_keepers      the agent's processes, by their first thread: keepers.c.
 * gs_binding      the thread of the agent that finds out which inodes stand behind a path, and gs_seen, which it has opened.
 * gs_tampers      refusals, for the agent. When full: the refusal stands, and gs_refused counts it all the same.
 */
#ifndef GH_SHIELD_GUARD_H
#define GH_SHIELD_GUARD_H

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include "../abi/shield.h"
#include "../kernel/fs.h"
#include "../kernel/task.h"
#include "../maps/shared.h"

#define GS_GUARDED_ENTRIES 8192
#define GS_DEVICE_ENTRIES  64
#define GS_TAMPER_BYTES	   65536
/* Directories between a file and the root of its file system. What is guarded lies less deep, and who may not write there digs none. */
#define GS_DEPTH 32

#define EPERM 1

struct gh_shield gs_shield GH_SHARED(gs_shield);

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, GS_GUARDED_ENTRIES);
	__type(key, struct gh_inode_key);
	__type(value, __u32);
} gs_guarded SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, GS_DEVICE_ENTRIES);
	__type(key, __u32);
	__type(value, __u32);
} gs_filesystems SEC(".maps"), gs_devices SEC(".maps");

volatile __u64 gs_binding GH_SHARED(gs_binding);

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, GH_SEEN_ENTRIES);
	__type(key, struct gh_inode_key);
	__type(value, __u32);
} gs_seen SEC(".maps");

struct gs_keeper {
	__u64 exec; /* the program that it executes, counted from its first; 0: it is not known as the agent */
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct gs_keeper);
} gs_keepers SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, GS_TAMPER_BYTES);
} gs_tampers SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, GH_DEED_COUNT);
	__type(key, __u32);
	__type(value, __u64);
} gs_refused SEC(".maps");

static __always_inline int gs_is_sealed(void)
{
	return *(volatile __u32 *)&gs_shield.sealed;
}

static __always_inline int gs_is_keeper(void)
{
	struct task_struct *leader = bpf_get_current_task_btf()->group_leader;
	struct gs_keeper *keeper = bpf_task_storage_get(&gs_keepers, leader, 0, 0);

	return keeper && keeper->exec == leader->self_exec_id;
}

/* Refuses, whoever it is. */
static __noinline int gs_refuse_all(__u32 deed, __u64 detail)
{
	struct gh_tamper *tamper;
	__u64 *refused;

	refused = bpf_map_lookup_elem(&gs_refused, &deed);
	if (refused)
		__sync_fetch_and_add(refused, 1);
	tamper = bpf_ringbuf_reserve(&gs_tampers, sizeof(*tamper), 0);
	if (tamper) {
		tamper->time_nanoseconds = bpf_ktime_get_boot_ns();
		tamper->pid = bpf_get_current_pid_tgid() >> 32;
		tamper->uid = bpf_get_current_uid_gid();
		tamper->deed = deed;
		tamper->pad = 0;
		tamper->detail = detail;
		bpf_get_current_comm(tamper->command, sizeof(tamper->command));
		bpf_ringbuf_submit(tamper, 0);
	}
	return -EPERM;
}

/* Refuses, unless it is the agent: 0 or -EPERM. */
static __always_inline int gs_refuse(__u32 deed, __u64 detail)
{
	return gs_is_keeper() ? 0 : gs_refuse_all(deed, detail);
}

/* Overlayfs counts its directories, and gives files the numbers of another file system: without the type one could be taken for the other. */
static __always_inline void gs_identify(struct inode *inode, struct gh_inode_key *key)
{
	key->device = BPF_CORE_READ(inode, i_sb, s_dev);
	key->inode = BPF_CORE_READ(inode, i_ino);
	key->generation = BPF_CORE_READ(inode, i_generation);
	key->pad = BPF_CORE_READ(inode, i_mode) & MODE_TYPE_MASK;
}

static __always_inline int gs_is_guarded_device(__u32 device)
{
	return bpf_map_lookup_elem(&gs_devices, &device) != 0;
}

/* The file system has something guarded on it. */
static __always_inline int gs_is_concerned(struct super_block *filesystem)
{
	__u32 device = BPF_CORE_READ(filesystem, s_dev);

	return bpf_map_lookup_elem(&gs_filesystems, &device) != 0;
}

/* By its inode alone: for an open file, whatever its name was or is. */
static __noinline __u32 gs_guard_of_inode(struct inode *inode)
{
	struct gh_inode_key key = {};
	__u32 *bits;

	gs_identify(inode, &key);
	bits = bpf_map_lookup_elem(&gs_guarded, &key);
	return bits ? *bits : 0;
}

/* By its place: its own bits, and those of a guarded tree that it lies in. A name that is free has its directory's. */
static __noinline __u32 gs_guard_of(struct dentry *dentry)
{
	struct dentry *parent;
	struct inode *inode;
	__u32 bits = 0, found;

	for (int i = 0; i < GS_DEPTH; i++) {
		inode = BPF_CORE_READ(dentry, d_inode);
		parent = BPF_CORE_READ(dentry, d_parent);
		found = inode ? gs_guard_of_inode(inode) : 0;
		bits |= i ? found & GH_GUARD_TREE : found;
		if (bits & GH_GUARD_TREE || parent == dentry)
			break;
		dentry = parent;
	}
	return bits;
}

#define GS_KEEPS_CONTENT (GH_GUARD_ENTRY | GH_GUARD_TREE | GH_GUARD_CONTENT)
#define GS_KEEPS_NAME	 (GH_GUARD_ENTRY | GH_GUARD_TREE | GH_GUARD_ABOVE)

/* Of a name: nothing to ask, or its bits. */
static __always_inline __u32 gs_guard_at(struct dentry *dentry)
{
	if (!gs_is_sealed() || !gs_is_concerned(BPF_CORE_READ(dentry, d_sb)))
		return 0;
	return gs_guard_of(dentry);
}

/* Those that keep a name and what it leads to. */
static __always_inline __u32 gs_guard_of_name(struct dentry *dentry)
{
	return gs_guard_at(dentry) & GS_KEEPS_NAME;
}

static __always_inline __u64 gs_number_of(struct dentry *dentry)
{
	return BPF_CORE_READ(dentry, d_inode, i_ino);
}

#endif
