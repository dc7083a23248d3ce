/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a thread is now, as far as labels depend on it.
 *
 * Twice, because loads through a pointer that the kernel vouches for cost less than reading through a helper, and some routes
 * to a process (procfs, control groups, signal-driven I/O) have no such pointer.
 */
#ifndef GH_LIB_NOW_H
#define GH_LIB_NOW_H

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include "../maps/labels.h"
#include "../maps/tables.h"
#include "process.h"
#include "unknown.h"

static __always_inline __u32 gh_process_flags_of(__u32 task_flags, __u32 namespace)
{
	__u32 flags = task_flags & PF_KTHREAD_BIT ? GH_PROCESS_KERNEL_THREAD : 0;

	/* A process that is ending has no namespaces any more. */
	if (namespace && namespace != gh_config.host_mount_namespace)
		flags |= GH_PROCESS_CONTAINER;
	return flags;
}

/* A number if a rule tests it, else 0. Without a branch: the verifier would follow each combination of them. */
static __always_inline __u32 gh_needed(__u32 needs, __u32 bit, __u32 number)
{
	__u32 bits = needs & bit;

	/* All ones if the one bit is set, which no compiler may turn into a branch again. */
	bits = -(bits / bit);
	asm volatile("" : "+r"(bits));
	return number & bits;
}

/* `task` is a pointer that the kernel vouches for: a hook's argument, or the acting task. Capabilities are the caller's. */
static __always_inline void gh_task_now(struct task_struct *task, __u32 needs, struct gh_task_now *now)
{
	struct gh_moment *moment = &now->moment;
	const struct cred *cred;

	__builtin_memset(moment, 0, sizeof(*moment));
	now->start_nanoseconds = task->start_boottime;
	now->task = gh_unknown_pointer(task);
	now->exec = task->self_exec_id;
	if (!(needs & (GH_LABEL_CREDENTIALS | GH_LABEL_FLAGS)))
		return;
	cred = task->cred;
	moment->uid = gh_needed(needs, GH_LABEL_UID, cred->uid.val);
	moment->effective_uid = gh_needed(needs, GH_LABEL_EFFECTIVE_UID, cred->euid.val);
	moment->gid = gh_needed(needs, GH_LABEL_GID, cred->gid.val);
	moment->effective_gid = gh_needed(needs, GH_LABEL_EFFECTIVE_GID, cred->egid.val);
	moment->login_uid = gh_needed(needs, GH_LABEL_LOGIN_UID, task->loginuid.val);
	if (needs & GH_LABEL_CAPABILITIES)
		moment->capabilities = gh_effective_capabilities(cred);
	if (needs & GH_LABEL_FLAGS)
		moment->flags = gh_process_flags_of(task->flags, task->nsproxy->mnt_ns->ns.inum);
}

/* The part that may change without an exec, of any pointer. */
static __always_inline void gh_moment_of(struct task_struct *task, __u32 needs, struct gh_moment *moment)
{
	const struct cred *cred;

	__builtin_memset(moment, 0, sizeof(*moment));
	if (!(needs & (GH_LABEL_CREDENTIALS | GH_LABEL_FLAGS)))
		return;
	cred = BPF_CORE_READ(task, cred);
	moment->uid = gh_needed(needs, GH_LABEL_UID, BPF_CORE_READ(cred, uid.val));
	moment->effective_uid = gh_needed(needs, GH_LABEL_EFFECTIVE_UID, BPF_CORE_READ(cred, euid.val));
	moment->gid = gh_needed(needs, GH_LABEL_GID, BPF_CORE_READ(cred, gid.val));
	moment->effective_gid = gh_needed(needs, GH_LABEL_EFFECTIVE_GID, BPF_CORE_READ(cred, egid.val));
	moment->login_uid = gh_needed(needs, GH_LABEL_LOGIN_UID, BPF_CORE_READ(task, loginuid.val));
	if (needs & GH_LABEL_CAPABILITIES)
		moment->capabilities = gh_effective_capabilities(cred);
	if (needs & GH_LABEL_FLAGS)
		moment->flags =
		    gh_process_flags_of(BPF_CORE_READ(task, flags), BPF_CORE_READ(task, nsproxy, mnt_ns, ns.inum));
}

/* The same of any pointer. Not inlined, to keep its stack out of its callers' frames. */
static __noinline int gh_task_now_of(struct task_struct *task, __u32 needs, struct gh_task_now *now)
{
	now->start_nanoseconds = BPF_CORE_READ(task, start_boottime);
	now->task = gh_unknown_pointer(task);
	now->exec = BPF_CORE_READ(task, self_exec_id);
	gh_moment_of(task, needs, &now->moment);
	return 0;
}

#endif
