/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What is guarded, who keeps it, and refusing.
 *
 * The programs take no result of an earlier program as their last argument: a program that refuses ends the call, and a hook that gets
 * one argument more in a newer kernel would have it there.
 *
 * gs_guarded      files and directories by inode, with enum gh_guard of the agent and of clients, and the clients' groups. Filled by the agent.
 * gs_filesystems  devices of the file systems that they lie on: files elsewhere cost one look-up.
 * gs_devices      block devices beneath, by number.
 * gs_programs     programs whose processes may change something: the agent's, and members of groups.
 * gs_groups       what each group is called, so that an agent that takes over calls it by the same number. Not read here.
 * gs_keepers      processes that may change something, by their first thread: keepers.c.
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

#define GS_GUARDED_ENTRIES 32768
#define GS_PROGRAM_ENTRIES 1024
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
	__type(value, __u64);
} gs_guarded SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, GS_PROGRAM_ENTRIES);
	__type(key, struct gh_inode_key);
	__type(value, __u64);
} gs_programs SEC(".maps");

struct gs_group {
	__u8 name[32]; /* digest of its name; zeros: nobody's yet */
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, GH_GUARDED_GROUP_COUNT);
	__type(key, __u32);
	__type(value, struct gs_group);
} gs_groups SEC(".maps");

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
	__u64 exec; /* the program that it executes, counted from its first; 0: it is not known yet */
	__u64 programs; /* as in gs_programs: what it may change, or could if it is found to be sound */
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

/* What a process may change, as in gs_programs. */
static __always_inline __u64 gs_standing_of(struct task_struct *leader)
{
	struct gs_keeper *keeper = bpf_task_storage_get(&gs_keepers, leader, 0, 0);

	return keeper && keeper->exec == leader->self_exec_id ? keeper->programs : 0;
}

static __always_inline __u64 gs_standing(void)
{
	return gs_standing_of(bpf_get_current_task_btf()->group_leader);
}

static __always_inline int gs_is_keeper(void)
{
	return gs_standing() & GH_PROGRAM_OF_AGENT;
}

static __noinline void gs_tell(__u32 deed, __u64 detail, __u64 groups)
{
	struct gh_tamper *tamper;
	__u64 *told;

	told = bpf_map_lookup_elem(&gs_refused, &deed);
	if (told)
		__sync_fetch_and_add(told, 1);
	tamper = bpf_ringbuf_reserve(&gs_tampers, sizeof(*tamper), 0);
	if (!tamper)
		return;
	tamper->time_nanoseconds = bpf_ktime_get_boot_ns();
	tamper->pid = bpf_get_current_pid_tgid() >> 32;
	tamper->uid = bpf_get_current_uid_gid();
	tamper->deed = deed;
	tamper->pad = 0;
	tamper->detail = detail;
	tamper->groups = groups;
	bpf_get_current_comm(tamper->command, sizeof(tamper->command));
	bpf_ringbuf_submit(tamper, 0);
}

/* Refuses, whoever it is. */
static __always_inline int gs_refuse_all(__u32 deed, __u64 detail)
{
	gs_tell(deed, detail, 0);
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
static __noinline __u64 gs_guard_of_inode(struct inode *inode)
{
	struct gh_inode_key key = {};
	__u64 *bits;

	gs_identify(inode, &key);
	bits = bpf_map_lookup_elem(&gs_guarded, &key);
	return bits ? *bits : 0;
}

#define GS_BOTH(guard)	 ((__u64)(guard) << GH_GUARDED_AGENT | (__u64)(guard) << GH_GUARDED_CLIENTS)
#define GS_TREE		 GS_BOTH(GH_GUARD_TREE)
#define GS_KEEPS_CONTENT GS_BOTH(GH_GUARD_ENTRY | GH_GUARD_TREE | GH_GUARD_CONTENT)
#define GS_KEEPS_NAME	 GS_BOTH(GH_GUARD_ENTRY | GH_GUARD_TREE | GH_GUARD_ABOVE)
#define GS_AGENTS	 ((1ull << GH_GUARDED_CLIENTS) - 1)
#define GS_GROUPS	 (~0ull << GH_GUARDED_GROUPS)

/* What of a guard counts: the bits that keep something, and then whose they are. */
static __always_inline __u64 gs_counts(__u64 guard, __u64 keeps)
{
	__u64 bits = guard & keeps;

	return bits & ~GS_AGENTS ? bits | (guard & GS_GROUPS) : bits;
}

/*
 * A file that was opened by its handle, and whose name the kernel has forgotten, is its own parent: its place is not known. One that was made
 * in a guarded tree since the seal is known by nothing else.
 */
static __always_inline int gs_is_nowhere(struct dentry *dentry)
{
	return BPF_CORE_READ(dentry, d_parent) == dentry &&
	       (BPF_CORE_READ(dentry, d_inode, i_mode) & MODE_TYPE_MASK) != MODE_DIRECTORY;
}

/*
 * By its place: its own bits, and those of all guarded trees that it lies in. A name that is free has its directory's. Trees of clients
 * may lie in each other. Closed where the place is not known: as the agent's.
 */
static __noinline __u64 gs_guard_of(struct dentry *dentry)
{
	struct dentry *parent;
	struct inode *inode;
	__u64 bits = 0, found;

	if (gs_is_nowhere(dentry))
		bits = GH_GUARD_TREE;
	for (int i = 0; i < GS_DEPTH; i++) {
		inode = BPF_CORE_READ(dentry, d_inode);
		parent = BPF_CORE_READ(dentry, d_parent);
		found = inode ? gs_guard_of_inode(inode) : 0;
		bits |= i ? gs_counts(found, GS_TREE) : found;
		if (parent == dentry)
			break;
		dentry = parent;
	}
	return bits;
}

/* Of a name: nothing to ask, or its bits. */
static __always_inline __u64 gs_guard_at(struct dentry *dentry)
{
	if (!gs_is_sealed() || !gs_is_concerned(BPF_CORE_READ(dentry, d_sb)))
		return 0;
	return gs_guard_of(dentry);
}

/* Those that keep a name and what it leads to. */
static __always_inline __u64 gs_guard_of_name(struct dentry *dentry)
{
	return gs_counts(gs_guard_at(dentry), GS_KEEPS_NAME);
}

/* Of an open file's content: by its inode, and by its place, since files may have been made in a tree since. */
static __always_inline __u64 gs_content_of(struct file *file)
{
	return gs_counts(gs_guard_of_inode(file->f_inode), GS_KEEPS_CONTENT) |
	       gs_counts(gs_guard_of(BPF_CORE_READ(file, f_path.dentry)), GS_KEEPS_CONTENT);
}

/* What the process may not change of what counts: 0 or -EPERM. The agent changes nothing of clients. */
static __noinline int gs_refuse_change(__u32 deed, __u64 detail, __u64 counts)
{
	__u64 standing, missing;

	if (!counts)
		return 0;
	standing = gs_standing();
	missing = counts & GS_GROUPS & ~standing;
	if (counts & GS_AGENTS && !(standing & GH_PROGRAM_OF_AGENT)) {
		gs_tell(deed, detail, 0);
		return -EPERM;
	}
	if (!missing)
		return 0;
	gs_tell(deed, detail, missing);
	return -EPERM;
}

static __always_inline __u64 gs_number_of(struct dentry *dentry)
{
	return BPF_CORE_READ(dentry, d_inode, i_ino);
}

#endif
