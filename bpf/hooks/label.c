/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What keeps labels right. Denies nothing.
 *
 * sched_process_fork     sees each child before it runs, and its parent: it inherits the program and ancestors. A tracepoint,
 *                        because task_alloc comes before the child has a pid and a start time.
 * bprm_committed_creds   sees each exec, when the new program is in place: the old one becomes an ancestor. Sleepable: reads
 *                        the file for its hash if a rule tests processes by hash.
 * task_free              sees a process go.
 * vfs_rename (a function, at its end)
 *                        sees paths change below a directory. After the deed: what is labelled between a hook and the deed
 *                        would have the old path and the new count. Labels of files hold the name and the directory
 *                        themselves, so a renamed file needs nothing here.
 * sb_mount, move_mount, sb_umount, sb_pivotroot
 *                        see that mounts will change, for viewers in other mount namespaces; labels hold the count of
 *                        changes of the viewer's own, which the kernel keeps.
 * iter/task              run by the agent before a switch of generations: labels all processes that already run.
 *
 * Where no rule tests processes, the first three cost a few instructions and keep nothing.
 */
#include "../lib/label.h"

static __always_inline void gh_label_for(struct gh_scratch *scratch, struct task_struct *leader, __u64 number)
{
	if (number)
		gh_known_make(scratch, leader, number);
}

/* Whether what is known is as good as new for a generation; 0 = none. */
static __always_inline int gh_is_labelled(const struct gh_known *known, __u64 number, __u64 exec)
{
	const struct gh_program_label *label = &known->label[number & 1];

	return !number || (label->generation == number && label->exec == exec);
}

/* The child begins as what its parent is, with the parent's program among its ancestors. */
static __always_inline void gh_inherit(struct gh_scratch *scratch, struct task_struct *child)
{
	struct gh_process_key key;

	__u64 exec = child->self_exec_id;

	for (int i = 0; i < GH_GENERATION_SLOTS; i++) {
		struct gh_program_label *label = &scratch->known.label[i];

		label->ancestors |= label->self;
		label->exec = exec;
	}
	scratch->known.hash_exec = scratch->known.program_exec = exec;
	key.pid = child->tgid;
	key.pad = 0;
	key.start_nanoseconds = child->start_boottime;
	gh_known_write(scratch, &key);
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(gh_label_fork, struct task_struct *parent, struct task_struct *child)
{
	__u64 now = gh_labelled_generation(0), next = gh_labelled_generation(1), exec;
	struct task_struct *leader;
	struct gh_scratch *scratch;

	if (!(now | next) || child->pid != child->tgid)
		return 0;
	scratch = gh_scratch_take();
	if (!scratch) {
		gh_count(GH_COUNTER_LABEL_FAILURES);
		return 0; /* the child is labelled when somebody asks, and its ancestors are doubted */
	}
	leader = parent->group_leader;
	scratch->process.pid = leader->tgid;
	scratch->process.pad = 0;
	scratch->process.start_nanoseconds = leader->start_boottime;
	exec = leader->self_exec_id;
	if (!gh_known_read(scratch, &scratch->process) || !gh_is_labelled(&scratch->known, now, exec) ||
	    !gh_is_labelled(&scratch->known, next, exec)) {
		gh_label_for(scratch, leader, next);
		gh_label_for(scratch, leader, now);
	}
	gh_inherit(scratch, child);
	gh_scratch_give(scratch);
	return 0;
}

SEC("lsm.s/bprm_committed_creds")
int BPF_PROG(gh_label_exec, struct linux_binprm *bprm)
{
	__u64 now = gh_labelled_generation(0), next = gh_labelled_generation(1);
	struct task_struct *leader = BPF_CORE_READ(bpf_get_current_task_btf(), group_leader);
	struct gh_generation *generation;
	struct gh_scratch *scratch;
	struct gh_image image = {};
	struct inode *backing;
	__u32 needs = 0;

	if (!(now | next))
		return 0;
	generation = gh_generation_of(now);
	if (generation)
		needs = generation->label_needs;
	generation = gh_generation_of(next);
	if (generation)
		needs |= generation->label_needs;
	if (needs & GH_LABEL_HASH) {
		backing = gh_image_describe(bprm->file, &image);
		gh_content_hash(bprm->file, backing, &image);
	}
	scratch = gh_scratch_take();
	if (!scratch) {
		gh_count(GH_COUNTER_LABEL_FAILURES);
		return 0; /* what was known of the process is one exec old, so it is made anew */
	}
	gh_known_executed(scratch, leader, &image);
	gh_label_for(scratch, leader, next);
	gh_label_for(scratch, leader, now);
	gh_scratch_give(scratch);
	return 0;
}

static __always_inline int gh_arguments_tested(void)
{
	struct gh_generation *generation = gh_generation_of(gh_number_in_force());

	return generation && generation->operation_value[GH_OPERATION_PROCESS_EXEC_ARGUMENTS];
}

SEC("lsm/task_free")
int BPF_PROG(gh_label_gone, struct task_struct *task)
{
	__u64 address = gh_unknown_pointer(task);
	struct gh_process_key key;

	/* What an exec that failed has left. */
	if (gh_arguments_tested())
		bpf_map_delete_elem(&gh_execs, &address);
	/*
	 * Not a thread, and not the old leader of a process whose exec came from another thread: that has this key now. And not
	 * a child whose fork failed: it was still a copy of its parent, with the parent's key, and its leader is another task.
	 */
	if (task->pid != task->tgid || gh_unknown_pointer(task->group_leader) != address)
		return 0;
	key.pid = task->tgid;
	key.pad = 0;
	key.start_nanoseconds = task->start_boottime;
	bpf_map_delete_elem(&gh_known, &key);
	return 0;
}

static __always_inline void gh_places_changed(void)
{
	__sync_fetch_and_add(&gh_places, 1);
}

static __always_inline int gh_is_directory(struct dentry *dentry)
{
	return (BPF_CORE_READ(dentry, d_inode, i_mode) & MODE_TYPE_MASK) == MODE_DIRECTORY;
}

SEC("fexit/vfs_rename")
int BPF_PROG(gh_label_rename, struct renamedata *rename, int ret)
{
	/* Exchanging two names moves both. */
	if (!ret &&
	    (gh_is_directory(BPF_CORE_READ(rename, old_dentry)) || gh_is_directory(BPF_CORE_READ(rename, new_dentry))))
		gh_places_changed();
	return 0;
}

SEC("lsm/sb_mount")
int BPF_PROG(gh_label_mount, const char *device, void *path, const char *type, unsigned long flags, void *data, int ret)
{
	gh_places_changed();
	return ret;
}

SEC("lsm/move_mount")
int BPF_PROG(gh_label_move, void *from, void *to, int ret)
{
	gh_places_changed();
	return ret;
}

SEC("lsm/sb_umount")
int BPF_PROG(gh_label_umount, void *mnt, int flags, int ret)
{
	gh_places_changed();
	return ret;
}

SEC("lsm/sb_pivotroot")
int BPF_PROG(gh_label_pivot, void *old, void *new, int ret)
{
	gh_places_changed();
	return ret;
}

#define GH_CHAIN_STEPS 512 /* processes deep */

struct gh_chain_context {
	struct gh_scratch *scratch;
};

/* One step up: adds what the parent's program satisfies. */
static long gh_chain_step(__u32 index, struct gh_chain_context *context)
{
	struct gh_scratch *scratch = context->scratch;
	struct task_struct *leader = scratch->chain.leader;
	struct task_struct *parent = BPF_CORE_READ(leader, real_parent, group_leader);
	struct gh_program_label *label;
	struct gh_process_key key;
	struct gh_known *known;

	if (!parent || parent == leader)
		return 1;
	scratch->chain.leader = parent;
	gh_process_key_of(parent, &key);
	known = bpf_map_lookup_elem(&gh_known, &key);
	if (!known)
		return 0;
	label = &known->label[scratch->chain.number & 1];
	if (label->generation == scratch->chain.number)
		scratch->chain.ancestors |= label->ancestors | label->self;
	return 0;
}

/* Second pass: all programs are known now, so each process can be told its ancestors. */
static __always_inline void gh_label_chain(struct gh_scratch *scratch, struct task_struct *leader, __u64 number)
{
	struct gh_chain_context context = {scratch};
	struct gh_program_label *label = &scratch->known.label[number & 1];
	struct gh_process_key key;

	gh_process_key_of(leader, &key);
	if (!gh_known_read(scratch, &key) || label->generation != number)
		return;
	scratch->chain.leader = leader;
	scratch->chain.number = number;
	scratch->chain.ancestors = label->ancestors;
	bpf_loop(GH_CHAIN_STEPS, gh_chain_step, &context, 0);
	if (scratch->chain.ancestors == label->ancestors)
		return;
	label->ancestors = scratch->chain.ancestors;
	gh_known_write(scratch, &key);
}

SEC("iter/task")
int gh_label_tasks(struct bpf_iter__task *context)
{
	struct task_struct *task = context->task;
	__u64 number = gh_labelled_generation(1);
	struct gh_scratch *scratch;

	if (!number)
		number = gh_labelled_generation(0);
	if (!task || !number || task->pid != task->tgid)
		return 0;
	scratch = gh_scratch_take();
	if (!scratch)
		return 0;
	if (gh_pass == 2)
		gh_label_chain(scratch, task, number);
	else
		gh_known_make(scratch, task, number);
	gh_scratch_give(scratch);
	return 0;
}
