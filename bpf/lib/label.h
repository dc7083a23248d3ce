/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Who is a process, as one number: the shortest way from a task to a verdict.
 *
 * The number is kept (gh_tasks) together with everything that it depends on. Whoever finds that something of it is no
 * longer so makes it anew, from what is known of the process (known.h) and what it is at the moment. Each thread has one of
 * its own, because threads may have credentials of their own.
 */
#ifndef GH_LIB_LABEL_H
#define GH_LIB_LABEL_H

#include "intern.h"
#include "known.h"
#include "now.h"

/* scratch->identity from scratch->known and the moment. */
static __noinline int gh_identity_make(struct gh_scratch *scratch, const struct gh_generation *generation)
{
	struct gh_moment *moment = &scratch->now.moment;
	struct gh_program_label *label = &scratch->known.label[generation->number & 1];
	struct gh_identity *identity = &scratch->identity;

	__builtin_memset(identity, 0, sizeof(*identity));
	__builtin_memcpy(identity->class, label->class, sizeof(label->class));
	if (generation->label_needs & GH_LABEL_CREDENTIALS) {
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
	identity->mask[GH_PROCESS_MASK_DOUBT] = scratch->known.doubt;
	return 0;
}

/* One of the two places where a thread's label may be: `way` 0 or 1. */
static __always_inline struct gh_task_label *gh_task_label_at(const struct gh_task_now *now, __u32 way)
{
	__u32 place = (now->start_nanoseconds * 0x9e3779b97f4a7c15ull) >> (64 - GH_TASK_LABEL_BITS);

	place ^= way;
	return bpf_map_lookup_elem(&gh_tasks, &place);
}

/* The number of a thread if the label at this place is its own and still holds, else 0. */
static __always_inline __u32 gh_task_label_read(struct gh_task_label *label, const struct gh_task_now *now,
						__u64 number)
{
	const __u64 *kept, *is = (const __u64 *)&now->moment;
	__u64 version, difference;
	__u32 class;

	if (!label)
		return 0;
	kept = (const __u64 *)&label->moment;
	version = *(volatile __u64 *)&label->version;
	difference = (version & 1) | (label->start_nanoseconds ^ now->start_nanoseconds) | (label->task ^ now->task);
	difference |= (label->generation ^ number) | (label->exec ^ now->exec);
	difference |= (kept[0] ^ is[0]) | (kept[1] ^ is[1]) | (kept[2] ^ is[2]) | (kept[3] ^ is[3]);
	if (difference)
		return 0;
	class = *(volatile __u64 *)&label->class;
	return *(volatile __u64 *)&label->version == version ? class : 0;
}

static __always_inline __u32 gh_task_class(const struct gh_task_now *now, __u64 number)
{
	__u32 class = gh_task_label_read(gh_task_label_at(now, 0), now, number);

	return class ? class : gh_task_label_read(gh_task_label_at(now, 1), now, number);
}

/* The number of a process if its label still holds, else 0. `task` is a pointer that the kernel vouches for. */
static __noinline __u32 gh_process_class(struct task_struct *task, __u64 number, __u32 needs)
{
	struct gh_task_now now;

	gh_task_now(task, needs, &now);
	return gh_task_class(&now, number);
}

/* The same of any pointer. */
static __noinline __u32 gh_process_class_of(struct task_struct *task, __u64 number, __u32 needs)
{
	struct gh_task_now now;

	gh_task_now_of(task, needs, &now);
	return gh_task_class(&now, number);
}

/* Whether a place holds what is of no use any more, or is this thread's already. */
static __always_inline int gh_task_label_is_free(struct gh_task_label *label, const struct gh_task_now *now,
						 __u64 number)
{
	return label && (label->generation != number ||
			 (label->task == now->task && label->start_nanoseconds == now->start_nanoseconds));
}

/* Keeps the number of a thread. Who finds somebody else writing leaves it. */
static __noinline int gh_process_class_keep(const struct gh_task_now *now, __u64 number, __u32 class)
{
	struct gh_task_label *first = gh_task_label_at(now, 0), *second = gh_task_label_at(now, 1), *label = first;
	__u64 version;

	/* Of two that are in use, which goes is left to chance: two that always pushed each other out would never settle. */
	if (!gh_task_label_is_free(first, now, number) &&
	    (gh_task_label_is_free(second, now, number) || bpf_get_prandom_u32() & 1))
		label = second;
	if (!label)
		return 0;
	version = *(volatile __u64 *)&label->version;
	if (version & 1 || __sync_val_compare_and_swap(&label->version, version, version + 1) != version)
		return 0;
	label->start_nanoseconds = now->start_nanoseconds;
	label->task = now->task;
	label->generation = number;
	label->exec = now->exec;
	__builtin_memcpy(&label->moment, &now->moment, sizeof(label->moment));
	label->class = class;
	__sync_fetch_and_add(&label->version, 1);
	return 0;
}

/* Not static (lib/global.h). `whom`: where the task lies. */
GH_GLOBAL int gh_process_class_find(const __u32 *slot, __u64 whom, __u64 number)
{
	struct gh_scratch *scratch = gh_scratch_at(slot);
	struct gh_generation *generation = gh_generation_of(number);
	struct task_struct *task = (void *)whom, *leader = BPF_CORE_READ(task, group_leader);
	int is_new = gh_task_is_new(leader);
	struct gh_task_now *now;
	__u32 class;

	if (!generation || !scratch)
		return -1;
	now = &scratch->now;
	/* Before anything is looked at: a label of what was before an exec does not fit after it. */
	gh_task_now_of(task, generation->label_needs, now);
	if (gh_known_make(scratch, leader, number))
		return -1;
	gh_identity_make(scratch, generation);
	class = gh_intern(scratch, number, GH_INTERN_PROCESS);
	if (class && !is_new)
		gh_process_class_keep(now, number, class);
	return class;
}

/*
 * Makes scratch->identity of a thread and its number, and keeps the number. `task` may be any pointer; its credentials
 * count. Returns the number, 0 if there is none, or -1 if the generation is gone.
 */
static __always_inline int gh_process_class_make(struct gh_scratch *scratch, struct task_struct *task, __u64 number)
{
	__u32 slot = scratch->slot;

	return gh_process_class_find(&slot, gh_unknown_pointer(task), number);
}

/* Puts scratch->identity where the plan looks for a role. */
static __always_inline void gh_facts_of_identity(struct gh_scratch *scratch, __u32 source, __u32 mask)
{
	__builtin_memcpy(&scratch->facts.class[source], scratch -> identity.class, sizeof(scratch->identity.class));
	__builtin_memcpy(&scratch->facts.mask[mask], scratch->identity.mask, sizeof(scratch->identity.mask));
}

#endif
