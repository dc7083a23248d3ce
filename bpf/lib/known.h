/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What is known of a process beyond what it is at the moment: its program as classes, and its ancestors' (gh_known).
 *
 * An entry is valid while the process has not executed anything since. Exec makes a new one at once, because the program
 * that ends there becomes an ancestor; whoever finds an old one or none makes one from the process itself.
 */
#ifndef GH_LIB_KNOWN_H
#define GH_LIB_KNOWN_H

#include "../kernel/process.h"
#include "content.h"
#include "program.h"

static __always_inline void gh_process_key_of(struct task_struct *leader, struct gh_process_key *key)
{
	key->pid = BPF_CORE_READ(leader, tgid);
	key->pad = 0;
	key->start_nanoseconds = BPF_CORE_READ(leader, start_boottime);
}

/* Copies an entry to scratch->known. Returns 0 if there is none, or if it was used for another one meanwhile. */
static __always_inline int gh_known_read(struct gh_scratch *scratch, const struct gh_process_key *key)
{
	struct gh_known *known = bpf_map_lookup_elem(&gh_known, key);
	__u64 last;

	if (!known)
		return 0;
	last = *(volatile __u64 *)&known->last_stamp;
	__builtin_memcpy(&scratch->known, known, sizeof(scratch->known));
	return scratch->known.first_stamp == last && *(volatile __u64 *)&known->first_stamp == last;
}

static __always_inline void gh_known_write(struct gh_scratch *scratch, const struct gh_process_key *key)
{
	scratch->known.first_stamp = scratch->known.last_stamp = __sync_fetch_and_add(&gh_stamps, 1) + 1;
	if (bpf_map_update_elem(&gh_known, key, &scratch->known, BPF_ANY))
		gh_count(GH_COUNTER_LABEL_FAILURES);
}

static __always_inline __u64 gh_number_in_force(void)
{
	return gh_active;
}

/* Generations that labels are made for: the one in force, and the one that will be. 0 = none, or it tests no process. */
static __always_inline __u64 gh_labelled_generation(__u32 which)
{
	struct gh_generation *generation = gh_generation_of(which ? gh_next : gh_active);

	return generation && generation->label_needs ? generation->number : 0;
}

/*
 * Nothing is known of a process. While a policy asks for ancestors each process has an entry from its fork on, so then
 * there was no memory for it, and what it was before is not known.
 */
static __always_inline void gh_known_nothing(struct gh_known *known)
{
	struct gh_generation *generation = gh_generation_of(gh_number_in_force());

	__builtin_memset(known, 0, sizeof(*known));
	if (generation && generation->label_needs & GH_LABEL_ANCESTORS)
		known->doubt = GH_DOUBT_ANCESTORS;
}

/* The hash of a process's executable, as far as it is known without reading: kept from its exec, or from another's. */
static __noinline int gh_known_hash(struct gh_scratch *scratch, struct inode *backing, __u64 exec)
{
	struct gh_known *known = &scratch->known;

	if (known->hash_state == GH_HASH_KNOWN && known->hash_exec == exec)
		return 0;
	known->hash_exec = exec;
	known->hash_state = GH_HASH_UNKNOWN;
	if (backing && gh_content_recall(backing, &scratch->program)) {
		__builtin_memcpy(known->sha256, scratch->program.sha256, sizeof(known->sha256));
		known->hash_state = GH_HASH_KNOWN;
	}
	return 0;
}

/* The ancestor tests that held in the generation before, as the numbers of this one. */
static __always_inline __u64 gh_ancestors_carried(const struct gh_generation *generation, __u64 before)
{
	__u64 carried = 0;

	/* Without branches, which would cost the verifier two paths a bit. From 0 the second factor is 0, else 1. */
	for (int i = 0; i < 64; i++) {
		__u64 from = generation->ancestor_from[i];

		carried |= (before >> ((from - 1) & 63) & (from + 63) >> 6 & 1) << i;
	}
	return carried;
}

/* Which ancestor tests hold, before the label of scratch->known is made anew for the program that runs now. */
static __always_inline __u64 gh_ancestors_before(struct gh_scratch *scratch, const struct gh_generation *generation,
						 __u64 exec)
{
	__u64 number = generation->number;
	struct gh_program_label *label = &scratch->known.label[number & 1],
				*before = &scratch->known.label[~number & 1];

	if (label->generation == number)
		return label->ancestors | (label->exec != exec ? label->self : 0);
	/* Numbers skip after a load that failed; then the one in force is the one before. */
	if (before->generation && (before->generation + 1 == number || before->generation == gh_number_in_force()))
		return gh_ancestors_carried(generation, before->ancestors | (before->exec != exec ? before->self : 0));
	return 0;
}

#define GH_THREADS_LOOKED_AT 8

/* The memory of a process. Its first thread may have ended, and then has none, while others live on. */
static __noinline struct mm_struct *gh_process_memory(struct task_struct *leader)
{
	struct task_struct___process *process = (void *)leader;
	struct mm_struct *memory = BPF_CORE_READ(leader, mm);
	struct list_head *link;

	if (memory || BPF_CORE_READ(leader, flags) & PF_KTHREAD_BIT)
		return memory;
	link = BPF_CORE_READ(process, signal, thread_head.next);
	/* Ended threads but for the first leave the list at once, so the next ones live. */
	for (int i = 0; i < GH_THREADS_LOOKED_AT && link && !memory; i++) {
		process = (void *)link - bpf_core_field_offset(struct task_struct___process, thread_node);
		memory = BPF_CORE_READ((struct task_struct *)process, mm);
		link = BPF_CORE_READ(link, next);
	}
	return memory;
}

/* Notes which file an exec ran, or doubts one that calls itself the program later. */
static __always_inline void gh_known_program(struct gh_known *known, const struct gh_inode_key *program, __u64 exec)
{
	if (!known->program.inode || known->program_exec != exec) {
		__builtin_memcpy(&known->program, program, sizeof(known->program));
		known->program_exec = exec;
		known->doubt &= ~GH_DOUBT_PROGRAM;
	} else if (!gh_same_inode(&known->program, program)) {
		known->doubt |= GH_DOUBT_PROGRAM;
	}
}

/*
 * Makes scratch->known's label of a generation from the executable of a process, as its own root spells the path. What was
 * known of ancestors is kept, or carried over from the generation before.
 */
static __always_inline int gh_known_label(struct gh_scratch *scratch, struct task_struct *leader, __u64 number)
{
	struct gh_program_label *label = &scratch->known.label[number & 1];
	struct gh_generation *generation = gh_generation_of(number);
	struct file *file = BPF_CORE_READ(gh_process_memory(leader), exe_file);
	__u64 exec = BPF_CORE_READ(leader, self_exec_id);
	struct inode *backing;

	if (!generation)
		return -1;
	label->ancestors = gh_ancestors_before(scratch, generation, exec);
	label->generation = number;
	label->exec = exec;
	label->self = 0;
	label->pad = 0;
	__builtin_memset(label->class, 0, sizeof(label->class));
	/* Class 0 of a hash is "not asked yet", and nobody will ask. */
	if (generation->label_needs & GH_LABEL_HASH)
		label->class[GH_PROCESS_SHA256] = GH_HASH_CLASS_UNKNOWN;
	if (!file) /* a kernel thread, or a process at its very end: no name, and no hash to ask for */
		return 0;
	backing = gh_image_describe(file, &scratch->program);
	gh_known_program(&scratch->known, &scratch->program.inode, exec);
	if (generation->label_needs & GH_LABEL_NAMES) {
		gh_path_walk(file, scratch, leader);
		if (gh_name_classes(scratch, generation, &scratch->program.inode, &scratch->program.backing,
				    label->class))
			gh_count(GH_COUNTER_TABLES_MISSING);
	}
	if (generation->label_needs & GH_LABEL_HASH) {
		gh_known_hash(scratch, backing, exec);
		label->class[GH_PROCESS_SHA256] =
		    gh_hash_class(number, scratch->known.hash_state, scratch->known.sha256);
	}
	if (generation->label_needs & GH_LABEL_ANCESTORS) {
		/* The tests look where the facts of a decision may already stand. */
		__builtin_memcpy(scratch->saved, scratch->facts.class, sizeof(scratch->saved));
		__builtin_memcpy(scratch->facts.class, label->class, sizeof(label->class));
		label->self = gh_scan_tests(scratch, number, GH_OPERATION_ANCESTOR_TESTS);
		__builtin_memcpy(scratch->facts.class, scratch->saved, sizeof(scratch->saved));
	}
	gh_count(GH_COUNTER_LABELS_MADE);
	return 0;
}

/* What a parent hands to its children: everything that it and its own ancestors satisfy. */
static __noinline __u64 gh_ancestors_from_parent(struct task_struct *leader, __u64 number)
{
	struct task_struct *parent = BPF_CORE_READ(leader, real_parent, group_leader);
	struct gh_process_key key;
	struct gh_known *known;
	struct gh_program_label *label;

	if (!parent || parent == leader)
		return 0;
	gh_process_key_of(parent, &key);
	known = bpf_map_lookup_elem(&gh_known, &key);
	if (!known)
		return 0;
	label = &known->label[number & 1];
	return label->generation == number ? label->ancestors | label->self : 0;
}

/*
 * A process whose fork is not over: sched_process_fork is still to come and says what it inherits, while others can see it
 * already. What is found out about it before must not be kept.
 */
static __always_inline int gh_task_is_new(struct task_struct *task)
{
	struct task_struct___process *process = (void *)task;

	return (BPF_CORE_READ(process, __state) & TASK_NEW_BIT) != 0;
}

/*
 * Brings scratch->known to what the process is now, for one generation, and keeps it. Works for any pointer to a leader.
 * Returns not 0 if the generation is gone.
 */
static __noinline int gh_known_make(struct gh_scratch *scratch, struct task_struct *leader, __u64 number)
{
	struct gh_program_label *label = &scratch->known.label[number & 1];
	int is_new;

	gh_process_key_of(leader, &scratch->process);
	is_new = gh_task_is_new(leader);
	if (!gh_known_read(scratch, &scratch->process))
		gh_known_nothing(&scratch->known);
	else if (label->generation == number && label->exec == BPF_CORE_READ(leader, self_exec_id))
		return 0;
	if (gh_known_label(scratch, leader, number))
		return -1;
	label->ancestors |= gh_ancestors_from_parent(leader, number);
	if (!is_new)
		gh_known_write(scratch, &scratch->process);
	return 0;
}

/* A process has executed a program whose content is known to have a hash, or not; its labels are made by the caller. */
static __always_inline void gh_known_executed(struct gh_scratch *scratch, struct task_struct *leader,
					      const struct gh_image *image)
{
	struct gh_process_key key;

	gh_process_key_of(leader, &key);
	if (!gh_known_read(scratch, &key))
		gh_known_nothing(&scratch->known);
	scratch->known.hash_exec = BPF_CORE_READ(leader, self_exec_id);
	scratch->known.hash_state = image->hash_state;
	__builtin_memcpy(scratch->known.sha256, image->sha256, sizeof(scratch->known.sha256));
	gh_known_write(scratch, &key);
}

#endif
