/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Whom a write to a control group's file concerns. cgroup.kill and cgroup.freeze concern every process of the group and of
 * those below it. A process that is moved into a frozen group is frozen, too; who is moved is in the text that is written,
 * which no hook sees, so that write is asked for every process there is. So is the freezer of the first version, whose
 * groups are found by no list that all kernels have.
 */
#ifndef GH_LIB_CGROUP_H
#define GH_LIB_CGROUP_H

#include "../kernel/cgroup.h"
#include "../kernel/process.h"
#include "ask.h"
#include "unknown.h"
#include "procfs.h"

/* More processes than this, and the write is refused: nobody can be asked for all. PID_MAX_LIMIT is 4,194,304. */
#define GH_GROUP_PROCESSES 65536

struct gh_group_walk {
	__u64 place; /* of the process that is looked at */
	__u64 start; /* where the circle was entered */
	__u64 group; /* 0 = all processes */
	__u32 level;
	__u32 right;
	__u32 hook;
	__u32 complete;
};

static __always_inline struct cgroup *gh_group_above(struct cgroup *group, __u32 level)
{
	struct cgroup *above = 0;

	bpf_probe_read_kernel(&above, sizeof(above),
			      (void *)group + bpf_core_field_offset(struct cgroup, ancestors) +
				  (__u64)level * sizeof(above));
	return above;
}

static __always_inline int gh_group_holds(struct cgroup *group, __u32 level, struct task_struct___process *process)
{
	struct cgroup *own = BPF_CORE_READ(process, cgroups, dfl_cgrp);

	return own && (__u32)BPF_CORE_READ(own, level) >= level && gh_group_above(own, level) == group;
}

/* Returns 1, which ends the loop, at the first refusal and at the end of the list; `complete` tells them apart. */
static long gh_group_step(__u32 index, struct gh_group_walk *walk)
{
	struct task_struct___process *process = (void *)gh_unknown(&walk->place);
	struct cgroup *group = (void *)gh_unknown(&walk->group);
	__u64 next;

	if (!(BPF_CORE_READ(process, flags) & PF_KERNEL_THREAD_BIT) &&
	    (!group || gh_group_holds(group, gh_unknown(&walk->level), process))) {
		/* The first process of all, which is idle, has no number and is in the list. */
		if (BPF_CORE_READ((struct task_struct *)process, tgid) &&
		    gh_ask_open_untrusted((void *)process, gh_unknown(&walk->right), gh_unknown(&walk->hook)))
			return 1;
	}
	next = (__u64)BPF_CORE_READ(process, tasks.next) - bpf_core_field_offset(struct task_struct___process, tasks);
	walk->place = next;
	if (next != gh_unknown(&walk->start))
		return 0;
	walk->complete = 1;
	return 1;
}

/* Asks a right of every process in a group and below it. Group null: of every process. */
static __always_inline int gh_ask_group(struct cgroup *group, __u32 right, __u32 hook)
{
	struct gh_group_walk walk = {.group = (__u64)group, .right = right, .hook = hook};
	long steps;

	/* The list is a circle: it may be entered anywhere, and the acting process stays in it. */
	walk.start = (__u64)BPF_CORE_READ((struct task_struct *)bpf_get_current_task_btf(), group_leader);
	walk.place = walk.start;
	if (group)
		walk.level = BPF_CORE_READ(group, level);
	steps = bpf_loop(GH_GROUP_PROCESSES, gh_group_step, &walk, 0);
	if (gh_unknown(&walk.complete))
		return 0;
	return steps >= GH_GROUP_PROCESSES ? gh_refuse_undecided() : -EPERM;
}

/* The group whose file this is. */
static __always_inline struct cgroup *gh_group_of(struct inode *inode)
{
	struct inode___private *private = (void *)inode;
	struct kernfs_node *node = BPF_CORE_READ(private, i_private);
	struct kernfs_node___hidden_parent *hidden = (void *)node;
	struct kernfs_node *parent;

	if (bpf_core_field_exists(hidden->__parent))
		parent = BPF_CORE_READ(hidden, __parent);
	else
		parent = BPF_CORE_READ(node, parent);
	return BPF_CORE_READ(parent, priv);
}

static __always_inline int gh_group_is_frozen(struct cgroup *group)
{
	struct cgroup_freezer_state *freezer =
	    (void *)group + bpf_core_field_offset(struct cgroup, freezer);

	return BPF_CORE_READ_BITFIELD_PROBED(freezer, e_freeze) != 0;
}

static __always_inline int gh_old_group_is_frozen(struct cgroup *group)
{
	struct cgroup_subsys_state *state = 0;

	if (!bpf_core_enum_value_exists(enum cgroup_subsys_id, freezer_cgrp_id) ||
	    !bpf_core_field_exists(struct freezer, state))
		return 0;
	bpf_probe_read_kernel(&state, sizeof(state),
			      (void *)group + bpf_core_field_offset(struct cgroup, subsys) +
				  bpf_core_enum_value(enum cgroup_subsys_id, freezer_cgrp_id) * sizeof(state));
	/* What all groups have in common is the first field of struct freezer. */
	return state && BPF_CORE_READ((struct freezer *)state, state) & FREEZER_STOP_BITS;
}

/* A process that has a thread in a threaded group is somewhere below the group that dom_cgrp names. */
static __always_inline int gh_ask_group_write(struct file *file, __u32 hook)
{
	struct cgroup *group = gh_group_of(file->f_inode);
	char name[GH_PROC_NAME] = {};

	gh_file_name(file, name);
	if (gh_name_is(name, "cgroup.kill"))
		return gh_ask_group(BPF_CORE_READ(group, dom_cgrp), GH_RIGHT_KILL_GROUP, hook);
	if (gh_name_is(name, "cgroup.freeze"))
		return gh_ask_group(BPF_CORE_READ(group, dom_cgrp), GH_RIGHT_FREEZE, hook);
	if ((gh_name_is(name, "cgroup.procs") || gh_name_is(name, "cgroup.threads")) && gh_group_is_frozen(group))
		return gh_ask_group(0, GH_RIGHT_FREEZE, hook);
	return 0;
}

static __always_inline int gh_ask_old_group_write(struct file *file, __u32 hook)
{
	char name[GH_PROC_NAME] = {};

	gh_file_name(file, name);
	if (gh_name_is(name, "freezer.state") ||
	    ((gh_name_is(name, "cgroup.procs") || gh_name_is(name, "tasks")) &&
	     gh_old_group_is_frozen(gh_group_of(file->f_inode))))
		return gh_ask_group(0, GH_RIGHT_FREEZE, hook);
	return 0;
}

#endif
