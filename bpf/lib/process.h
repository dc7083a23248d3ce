/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Who acts: the fields of struct gh_process, for events. Ids are those of the initial namespaces. */
#ifndef GH_LIB_PROCESS_H
#define GH_LIB_PROCESS_H

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include "../abi/event.h"
#include "../kernel/task.h"

/* To 6.2 a capability set is two 32-bit words, then one of 64 bits. */
struct kernel_cap_struct___two_words {
	__u32 cap[2];
} __attribute__((preserve_access_index));

struct cred___two_words {
	struct kernel_cap_struct___two_words cap_effective;
} __attribute__((preserve_access_index));

static __always_inline __u64 gh_effective_capabilities(const struct cred *cred)
{
	struct cred___two_words *old = (void *)cred;
	__u64 words = 0;

	/* Both forms hold the 64 bits in the same order on a little-endian machine; only the field's type differs. */
	if (bpf_core_field_exists(old->cap_effective.cap)) {
		/* Keeps the compiler from choosing between the two offsets, one of which no kernel has, before one read. */
		asm volatile("");
		bpf_core_read(&words, sizeof(words), &old->cap_effective.cap);
		asm volatile("");
	} else {
		asm volatile("");
		words = BPF_CORE_READ(cred, cap_effective.val);
	}
	return words;
}

static __always_inline __u32 gh_pid_namespace(struct task_struct *task)
{
	struct pid *pid = BPF_CORE_READ(task, thread_pid);
	__u32 level = BPF_CORE_READ(pid, level);
	struct upid upid = {};

	/* numbers[] is as long as the task's namespaces are deep; the last is its own. 32 is the kernel's limit. */
	if (level > 32)
		return 0;
	bpf_probe_read_kernel(&upid, sizeof(upid),
			      (void *)pid + bpf_core_field_offset(struct pid, numbers) +
				  level * bpf_core_type_size(struct upid));
	return BPF_CORE_READ(upid.ns, ns.inum);
}

static __always_inline void gh_ancestors_describe(struct task_struct *task, struct gh_process *process)
{
	struct task_struct *leader = BPF_CORE_READ(task, group_leader);

	process->ancestor_count = 0;
	for (int i = 0; i < GH_ANCESTORS; i++) {
		struct gh_ancestor *ancestor = &process->ancestors[i];
		struct task_struct *parent = BPF_CORE_READ(leader, real_parent, group_leader);

		if (!parent || parent == leader || !BPF_CORE_READ(parent, tgid))
			break;
		leader = parent;
		ancestor->pid = BPF_CORE_READ(leader, tgid);
		ancestor->pad = 0;
		ancestor->start_nanoseconds = BPF_CORE_READ(leader, start_boottime);
		bpf_core_read(&ancestor->command, sizeof(ancestor->command), &leader->comm);
		process->ancestor_count = i + 1;
	}
}

static __always_inline void gh_process_describe(struct gh_process *process)
{
	struct task_struct *task = bpf_get_current_task_btf();
	const struct cred *cred = BPF_CORE_READ(task, cred);

	process->pid = BPF_CORE_READ(task, tgid);
	process->tid = BPF_CORE_READ(task, pid);
	process->start_nanoseconds = BPF_CORE_READ(task, group_leader, start_boottime);
	process->uid = BPF_CORE_READ(cred, uid.val);
	process->effective_uid = BPF_CORE_READ(cred, euid.val);
	process->gid = BPF_CORE_READ(cred, gid.val);
	process->effective_gid = BPF_CORE_READ(cred, egid.val);
	process->login_uid = BPF_CORE_READ(task, loginuid.val);
	process->session = BPF_CORE_READ(task, sessionid);
	process->effective_capabilities = gh_effective_capabilities(cred);
	process->cgroup = bpf_get_current_cgroup_id();
	process->mount_namespace = BPF_CORE_READ(task, nsproxy, mnt_ns, ns.inum);
	process->pid_namespace = gh_pid_namespace(task);
	process->user_namespace = BPF_CORE_READ(cred, user_ns, ns.inum);
	bpf_get_current_comm(process->command, sizeof(process->command));
	gh_ancestors_describe(task, process);
}

#endif
