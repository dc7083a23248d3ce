/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * memory.write-text: a process writes to its own memory through its file `mem` of procfs. The kernel lets it write there to
 * pages that are read-only for the process, its code above all, and asks nobody but the hooks of files.
 */
#ifndef GH_LIB_WRITETEXT_H
#define GH_LIB_WRITETEXT_H

#include "memory.h"
#include "procfs.h"

/* Whether an open `mem`, or one that is being opened and has no memory yet, reaches the acting process's own memory. */
static __noinline int gh_is_own_memory(struct file *file, __u32 hook)
{
	struct task_struct *task = bpf_get_current_task_btf();
	__u64 own = (__u64)BPF_CORE_READ(task, mm), memory = (__u64)BPF_CORE_READ(file, private_data);
	char name[GH_PROC_NAME] = {};
	struct task_struct *named;
	struct pid___tasks *pid;

	gh_file_name(file, name);
	if (!own || !gh_name_is(name, "mem"))
		return 0;
	pid = gh_proc_pid(BPF_CORE_READ(file, f_inode));
	named = pid ? gh_pid_task(pid) : 0;
	if (hook == GH_HOOK_FILE_OPEN)
		return named && (__u64)BPF_CORE_READ(named, mm) == own;
	return memory == own && pid;
}

/* 0 or -EPERM. */
static __always_inline int gh_ask_write_text(struct file *file, __u32 hook)
{
	if (!gh_operation_wanted(GH_OPERATION_MEMORY_WRITE_TEXT) || !gh_is_own_memory(file, hook))
		return 0;
	return gh_ask_memory(0, GH_OPERATION_MEMORY_WRITE_TEXT, hook);
}

#endif
