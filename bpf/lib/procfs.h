/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Files of /proc/PID (and /proc/PID/task/TID) that do something to the process. Of each mount of procfs, since the names
 * are the kernel's: nobody can rename or link them.
 */
#ifndef GH_LIB_PROCFS_H
#define GH_LIB_PROCFS_H

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include "../kernel/proc.h"
#include "../kernel/process.h"
#include "right.h"

/* Longer than the longest name below, so that a cut name equals none. */
#define GH_PROC_NAME 24

static __always_inline int gh_name_is(const char *name, const char *other)
{
	for (int i = 0; i < GH_PROC_NAME; i++) {
		if (name[i] != other[i])
			return 0;
		if (!other[i])
			return 1;
	}
	return 0;
}

static __always_inline void gh_file_name(struct file *file, char *name)
{
	if (bpf_probe_read_kernel_str(name, GH_PROC_NAME, BPF_CORE_READ(file, f_path.dentry, d_name.name)) < 0)
		name[0] = 0;
}

/*
 * clear_refs resets what the kernel knows of a memory's use, which is what decides where pages are kept. coredump_filter
 * limits what is written of a process when it ends. timerslack_ns also reaches task_setscheduler; only this sees that it
 * is an old descriptor's. What is missing here: comm, loginuid and attr/ can only be written by the process itself.
 */
static __noinline __u32 gh_rights_of_proc_file(struct file *file, __u32 reads, __u32 writes)
{
	char name[GH_PROC_NAME] = {};

	gh_file_name(file, name);
	if (gh_name_is(name, "mem"))
		return (reads ? GH_RIGHT_BIT(READ_MEMORY) : 0) | (writes ? GH_RIGHT_BIT(WRITE_MEMORY) : 0);
	if (!writes)
		return 0;
	if (gh_name_is(name, "oom_score_adj") || gh_name_is(name, "oom_adj"))
		return GH_RIGHT_BIT(OOM_ADJUST);
	if (gh_name_is(name, "autogroup") || gh_name_is(name, "timerslack_ns") || gh_name_is(name, "sched"))
		return GH_RIGHT_BIT(SET_SCHEDULING);
	if (gh_name_is(name, "coredump_filter"))
		return GH_RIGHT_BIT(SET_LIMITS);
	return gh_name_is(name, "clear_refs") ? GH_RIGHT_BIT(MOVE_MEMORY) : 0;
}

/* A process that was found by a way that gives no pointer the kernel would take back. */
struct gh_found {
	__u64 task; /* for reading only */
	__u32 pid; /* 0 = there is none */
	__u32 tid;
};

static __always_inline void gh_found_task(struct task_struct *task, struct gh_found *found)
{
	found->pid = BPF_CORE_READ(task, tgid);
	found->tid = BPF_CORE_READ(task, pid);
	found->task = (__u64)task;
}

/* Whose file it is. Returns 0 if it belongs to no process at all; pid 0 if the process is gone. */
static __always_inline int gh_proc_owner(struct inode *inode, struct gh_found *found)
{
	struct proc_inode *proc = (void *)inode - bpf_core_field_offset(struct proc_inode, vfs_inode);
	struct pid___tasks *pid = (void *)BPF_CORE_READ(proc, pid);
	struct hlist_node *link;

	__builtin_memset(found, 0, sizeof(*found));
	if (!pid)
		return 0;
	link = BPF_CORE_READ(pid, tasks[0].first);
	if (link)
		gh_found_task((void *)link - bpf_core_field_offset(struct task_struct___process, pid_links), found);
	return 1;
}

/*
 * Whose memory an open `mem` reaches: that of the program that ran when it was opened. A child of vfork has its parent's
 * memory, and still has the descriptor's process id after it has executed something else.
 */
static __always_inline void gh_memory_owner(struct file *file, struct gh_found *found)
{
	struct mm_struct___owner *memory = (void *)BPF_CORE_READ(file, private_data);
	struct task_struct *owner = 0;

	__builtin_memset(found, 0, sizeof(*found));
	if (memory && bpf_core_field_exists(memory->owner))
		owner = BPF_CORE_READ(memory, owner);
	if (owner && BPF_CORE_READ(owner, mm) == (void *)memory)
		gh_found_task(owner, found);
}

#endif
