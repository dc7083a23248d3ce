/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Whom a write to a control group's file concerns. cgroup.kill and cgroup.freeze concern every process of the group and of
 * those below it. A process that is moved into a frozen group is frozen, too; who is moved is in the text that is written,
 * which no hook sees, so that write is asked for every process there is. So is the freezer of the first version, whose
 * groups are found by no list that all kernels have. What is written to a freezer is not seen either: to thaw needs the
 * right to freeze.
 */
#ifndef GH_LIB_CGROUP_H
#define GH_LIB_CGROUP_H

#include "../kernel/cgroup.h"
#include "../kernel/process.h"
#include "ask.h"
#include "procfs.h"
#include "unknown.h"
#include "writers.h"

/* More processes than this, and the write is refused: nobody can be asked for all. PID_MAX_LIMIT is 4,194,304. */
#define GH_GROUP_PROCESSES 65536

/* All processes are asked for `right`, and then for `next`, if that is one. */
struct gh_group_question {
	__u64 place; /* of the process that is looked at */
	__u64 start; /* where the circle of all processes was entered */
	__u64 group; /* only those in it or below it; 0 = all */
	__u32 right; /* GH_RIGHT_NONE = nothing to ask */
	__u32 next;
	__u32 hook;
	__u32 complete;
};

/* Returns 1, which ends the loop, at the first refusal and at the end; `complete` tells them apart. */
static long gh_group_step(__u32 index, struct gh_group_question *question)
{
	struct task_struct___process *process = (void *)gh_unknown(&question->place);
	struct cgroup *group = (void *)gh_unknown(&question->group);
	__u64 place;
	__u32 next;

	if (!(BPF_CORE_READ(process, flags) & PF_KERNEL_THREAD_BIT) &&
	    (!group || gh_group_is_within(BPF_CORE_READ(process, cgroups, dfl_cgrp), group))) {
		/* The idle process is in the list and has no number. */
		if (BPF_CORE_READ((struct task_struct *)process, tgid) &&
		    gh_ask_open_untrusted((void *)process, gh_unknown(&question->right), gh_unknown(&question->hook)))
			return 1;
	}
	place = (__u64)BPF_CORE_READ(process, tasks.next) - bpf_core_field_offset(struct task_struct___process, tasks);
	question->place = place;
	if (place != gh_unknown(&question->start))
		return 0;
	next = gh_unknown(&question->next);
	if (!next)
		question->complete = 1;
	question->right = next;
	question->next = GH_RIGHT_NONE;
	return !next;
}

/* The group whose file this is. */
static __always_inline struct cgroup *gh_group_of(struct file *file)
{
	struct inode___private *inode = (void *)BPF_CORE_READ(file, f_inode);
	struct kernfs_node *node = BPF_CORE_READ(inode, i_private);
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
	struct cgroup_freezer_state *freezer = (void *)group + bpf_core_field_offset(struct cgroup, freezer);

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
static __always_inline void gh_group_deed(struct cgroup *group, __u32 deed, __u32 right,
					  struct gh_group_question *question)
{
	question->right = right;
	if (!gh_group_meets(group, deed))
		question->group = (__u64)BPF_CORE_READ(group, dom_cgrp);
}

/* First announced, then looked whether it is frozen: who freezes it meanwhile finds the announcement. */
static __always_inline void gh_group_move(struct cgroup *group, struct gh_group_question *question)
{
	__u32 met = gh_group_meets(group, GH_DEED_MOVE);
	__u32 freezes = met & GH_DEED_FREEZE || gh_group_is_frozen(group) ? GH_RIGHT_FREEZE : GH_RIGHT_NONE;

	question->right = met & GH_DEED_KILL ? GH_RIGHT_KILL_GROUP : freezes;
	question->next = met & GH_DEED_KILL ? freezes : GH_RIGHT_NONE;
}

/* Not inlined, and not asking itself: a program has eight stack frames, and the engine needs most of them. */
static __noinline int gh_group_ask_whom(struct file *file, __u32 second, struct gh_group_question *question)
{
	struct cgroup *group = gh_group_of(file);
	char name[GH_PROC_NAME] = {};
	int moves;

	gh_file_name(file, name);
	moves = gh_name_is(name, "cgroup.procs") || gh_name_is(name, second ? "cgroup.threads" : "tasks");
	if (!second) {
		if (gh_name_is(name, "freezer.state") || (moves && gh_old_group_is_frozen(group)))
			question->right = GH_RIGHT_FREEZE;
	} else if (moves) {
		gh_group_move(group, question);
	} else if (gh_name_is(name, "cgroup.kill")) {
		gh_group_deed(group, GH_DEED_KILL, GH_RIGHT_KILL_GROUP, question);
	} else if (gh_name_is(name, "cgroup.freeze")) {
		gh_group_deed(group, GH_DEED_FREEZE, GH_RIGHT_FREEZE, question);
	}
	return gh_unknown(&question->right) != GH_RIGHT_NONE;
}

static __always_inline int gh_ask_group_write(struct file *file, __u32 second, __u32 hook)
{
	struct gh_group_question question = {.hook = hook};
	long steps;

	if (!gh_group_ask_whom(file, second, &question))
		return 0;
	/* The list is a circle: it may be entered anywhere, and the acting process stays in it. */
	question.start = (__u64)BPF_CORE_READ((struct task_struct *)bpf_get_current_task_btf(), group_leader);
	question.place = question.start;
	steps = bpf_loop(GH_GROUP_PROCESSES, gh_group_step, &question, 0);
	if (gh_unknown(&question.complete))
		return 0;
	return steps >= GH_GROUP_PROCESSES ? gh_open_refuse_undecided() : -EPERM;
}

#endif
