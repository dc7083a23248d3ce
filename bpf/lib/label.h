/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Who is a process, as one number: the shortest way from a task to a verdict.
 *
 * The number is kept with the task (gh_tasks) together with everything that it depends on. Whoever finds that something of
 * it is no longer so makes it anew, from what is known of the process (known.h) and what it is at the moment. Each thread
 * has one of its own, because threads may have credentials of their own, and because the pointer to a thread's leader is
 * none that storage accepts in programs that sleep (from 6.12 on).
 */
#ifndef GH_LIB_LABEL_H
#define GH_LIB_LABEL_H

#include "intern.h"
#include "known.h"
#include "process.h"

static __always_inline __u32 gh_process_flags(struct task_struct *task)
{
	__u32 zero = 0;
	struct gh_config *config = bpf_map_lookup_elem(&gh_config, &zero);
	__u32 namespace = BPF_CORE_READ(task, nsproxy, mnt_ns, ns.inum);
	__u32 flags = 0;

	if (BPF_CORE_READ(task, flags) & PF_KTHREAD_BIT)
		flags |= GH_PROCESS_KERNEL_THREAD;
	/* A process that is ending has no namespaces any more. */
	if (namespace && config && namespace != config->host_mount_namespace)
		flags |= GH_PROCESS_CONTAINER;
	return flags;
}

/* Only what labels of this generation depend on; the rest stays 0. */
static __always_inline void gh_moment_of(struct task_struct *task, __u32 needs, struct gh_moment *moment)
{
	const struct cred *cred;

	__builtin_memset(moment, 0, sizeof(*moment));
	if (needs & (GH_LABEL_IDS | GH_LABEL_CAPABILITIES)) {
		cred = BPF_CORE_READ(task, cred);
		if (needs & GH_LABEL_IDS) {
			moment->uid = BPF_CORE_READ(cred, uid.val);
			moment->effective_uid = BPF_CORE_READ(cred, euid.val);
			moment->gid = BPF_CORE_READ(cred, gid.val);
			moment->effective_gid = BPF_CORE_READ(cred, egid.val);
			moment->login_uid = BPF_CORE_READ(task, loginuid.val);
		}
		if (needs & GH_LABEL_CAPABILITIES)
			moment->capabilities = gh_effective_capabilities(cred);
	}
	if (needs & GH_LABEL_FLAGS)
		moment->flags = gh_process_flags(task);
}

/* scratch->identity from scratch->known and the moment. */
static __noinline int gh_identity_make(struct gh_scratch *scratch, const struct gh_generation *generation)
{
	struct gh_moment *moment = &scratch->moment;
	struct gh_program_label *label = &scratch->known.label[generation->number & 1];
	struct gh_identity *identity = &scratch->identity;

	__builtin_memset(identity, 0, sizeof(*identity));
	__builtin_memcpy(identity->class, label->class, sizeof(label->class));
	if (generation->label_needs & GH_LABEL_IDS) {
		identity->class[GH_PROCESS_UID] = gh_number_class(scratch, generation, GH_NUMBERS_ID, moment->uid);
		identity->class[GH_PROCESS_EFFECTIVE_UID] =
		    gh_number_class(scratch, generation, GH_NUMBERS_ID, moment->effective_uid);
		identity->class[GH_PROCESS_GID] = gh_number_class(scratch, generation, GH_NUMBERS_ID, moment->gid);
		identity->class[GH_PROCESS_EFFECTIVE_GID] =
		    gh_number_class(scratch, generation, GH_NUMBERS_ID, moment->effective_gid);
		identity->class[GH_PROCESS_LOGIN_UID] =
		    gh_number_class(scratch, generation, GH_NUMBERS_ID, moment->login_uid);
	}
	identity->mask[GH_PROCESS_MASK_FLAGS] = moment->flags;
	identity->mask[GH_PROCESS_MASK_CAPABILITIES] = moment->capabilities;
	identity->mask[GH_PROCESS_MASK_ANCESTORS] = label->ancestors;
	return 0;
}

/*
 * Makes scratch->identity of a process. `task` is the thread whose credentials count (the leader's for a target), both any
 * pointers. Returns not 0 if the generation is gone.
 */
static __always_inline int gh_process_identify(struct gh_scratch *scratch, struct task_struct *leader,
					       struct task_struct *task, __u64 number)
{
	struct gh_generation *generation = gh_generation_of(number);

	if (!generation || gh_known_make(scratch, leader, number))
		return -1;
	gh_moment_of(task, generation->label_needs, &scratch->moment);
	return gh_identity_make(scratch, generation);
}

/* The number of a process if its label still holds, else 0. `task` is a pointer that storage accepts. */
static __noinline __u32 gh_process_class(struct task_struct *task, __u64 number, __u32 needs)
{
	struct gh_task_label *label = bpf_task_storage_get(&gh_tasks, task, 0, 0);
	const struct cred *cred = task->cred;
	__u64 version;
	__u32 class;

	if (!label)
		return 0;
	version = *(volatile __u64 *)&label->version;
	if (version & 1 || label->generation != number || label->exec != task->self_exec_id)
		return 0;
	if (needs & GH_LABEL_IDS &&
	    (label->uid != cred->uid.val || label->effective_uid != cred->euid.val || label->gid != cred->gid.val ||
	     label->effective_gid != cred->egid.val || label->login_uid != task->loginuid.val))
		return 0;
	if (needs & GH_LABEL_CAPABILITIES && label->capabilities != gh_effective_capabilities(cred))
		return 0;
	if (needs & GH_LABEL_FLAGS && label->flags != gh_process_flags(task))
		return 0;
	class = *(volatile __u32 *)&label->class;
	return *(volatile __u64 *)&label->version == version ? class : 0;
}

/* Keeps the number with the task. Who finds somebody else writing leaves it; without memory the next one finds nothing. */
static __always_inline void gh_process_class_keep(struct task_struct *task, __u64 number, __u64 exec,
						  const struct gh_moment *moment, __u32 class)
{
	struct gh_task_label *label = bpf_task_storage_get(&gh_tasks, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	__u64 version;

	if (!label) {
		gh_count(GH_COUNTER_LABEL_FAILURES);
		return;
	}
	version = *(volatile __u64 *)&label->version;
	if (version & 1 || __sync_val_compare_and_swap(&label->version, version, version + 1) != version)
		return;
	label->generation = number;
	label->exec = exec;
	label->capabilities = moment->capabilities;
	label->uid = moment->uid;
	label->effective_uid = moment->effective_uid;
	label->gid = moment->gid;
	label->effective_gid = moment->effective_gid;
	label->login_uid = moment->login_uid;
	label->flags = moment->flags;
	label->class = class;
	__sync_fetch_and_add(&label->version, 1);
}

/*
 * Makes scratch->identity and its number, and keeps the number with the task. Returns the number, 0 if there is none, or
 * -1 if the generation is gone.
 */
static __always_inline int gh_process_class_make(struct gh_scratch *scratch, struct task_struct *task, __u64 number)
{
	struct task_struct *leader = BPF_CORE_READ(task, group_leader);
	__u64 exec = task->self_exec_id;
	__u32 class;

	if (gh_process_identify(scratch, leader, task, number))
		return -1;
	class = gh_intern(scratch, number, GH_INTERN_PROCESS);
	if (class)
		gh_process_class_keep(task, number, exec, &scratch->moment, class);
	return class;
}

/* Makes the label of a task that has none. `task` is a pointer that storage accepts. */
static __noinline int gh_process_label(struct task_struct *task, __u64 number)
{
	struct gh_scratch *scratch = gh_scratch_take();

	if (!scratch)
		return 0;
	gh_process_class_make(scratch, task, number);
	gh_scratch_give(scratch);
	return 0;
}

/* Puts scratch->identity where the plan looks for a role. */
static __always_inline void gh_facts_of_identity(struct gh_scratch *scratch, __u32 source, __u32 mask)
{
	__builtin_memcpy(&scratch->facts.class[source], scratch -> identity.class, sizeof(scratch->identity.class));
	__builtin_memcpy(&scratch->facts.mask[mask], scratch->identity.mask, sizeof(scratch->identity.mask));
}

#endif
