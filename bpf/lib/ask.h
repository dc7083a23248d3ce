/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Operations of processes: who, whom, and what is asked. First the short way, by numbers that are kept with both tasks;
 * else all facts are gathered.
 *
 * What a process does to itself is not decided: it could as well do it without asking.
 */
#ifndef GH_LIB_ASK_H
#define GH_LIB_ASK_H

#include "gate.h"
#include "pair.h"
#include "right.h"

/* Whether any rule concerns opening with one of these rights, whoever opens whom: the cheapest question first. */
static __always_inline int gh_open_concerns(__u32 rights)
{
	__u64 number = gh_number_in_force();
	struct gh_generation *generation = gh_generation_of(number);

	/* Refilled meanwhile: there is something to decide, and deciding will find out. */
	return number && (!generation || generation->open_rights & rights);
}

static __always_inline int gh_open_wanted(void)
{
	return gh_open_concerns(~0u);
}

static __always_inline __u32 gh_is_child(struct task_struct *target)
{
	struct task_struct *parent = BPF_CORE_READ(target, group_leader, real_parent);

	return BPF_CORE_READ(parent, tgid) == bpf_get_current_pid_tgid() >> 32 ? GH_OPERATION_FLAG_CHILD : 0;
}

/* The same where the kernel vouches for the pointer. */
static __always_inline __u32 gh_is_child_trusted(struct task_struct *target)
{
	return target->group_leader->real_parent->tgid == (int)(bpf_get_current_pid_tgid() >> 32)
		   ? GH_OPERATION_FLAG_CHILD
		   : 0;
}

/* right 4 bits, child 1, signal 7: what a cached verdict keeps of process.open. */
static __always_inline __u64 gh_open_request(__u32 right, __u32 flags, __u32 signal)
{
	return (right & 15) | (flags & GH_OPERATION_FLAG_CHILD) << 4 | (signal & 127) << 5;
}

/* Whether the operation is known to go on, with nothing to say. */
static __always_inline int gh_ask_is_silent(const struct gh_generation *generation, __u64 number, __u32 operation,
					    __u32 subject, __u32 object, __u64 request)
{
	__u64 slot = gh_operation_slot(operation);
	__u32 needs = generation->operation_needs[slot];
	__u64 key;

	if (!generation->operation_value[slot])
		return 1;
	if ((needs & GH_NEEDS_SUBJECT && !subject) || (needs & GH_NEEDS_TARGET && !object))
		return 0;
	key = gh_cached_key(number, needs & GH_NEEDS_SUBJECT ? subject : 0, needs & GH_NEEDS_TARGET ? object : 0,
			    operation, needs & GH_NEEDS_REQUEST ? request : 0);
	return gh_cached_is_silent(gh_cached_find(number, key));
}

static __always_inline void gh_target_describe(struct task_struct *task, struct gh_target *target)
{
	const struct cred *cred = BPF_CORE_READ(task, cred);

	target->pid = BPF_CORE_READ(task, tgid);
	target->tid = BPF_CORE_READ(task, pid);
	target->start_nanoseconds = BPF_CORE_READ(task, group_leader, start_boottime);
	target->uid = BPF_CORE_READ(cred, uid.val);
	target->effective_uid = BPF_CORE_READ(cred, euid.val);
	target->gid = BPF_CORE_READ(cred, gid.val);
	target->effective_gid = BPF_CORE_READ(cred, egid.val);
	bpf_core_read(&target->command, sizeof(target->command), &task->comm);
}

/* The operation's own facts, where the plan looks for them. */
static __noinline int gh_request_facts(struct gh_scratch *scratch)
{
	struct gh_generation *generation = gh_generation_of(scratch->asked.number);
	struct gh_request *request = &scratch->event.request;
	struct gh_facts *facts = &scratch->facts;
	__u32 *class = facts->class + GH_SOURCE_OPERATION;

	if (!generation)
		return 0;
	class[GH_OPERATION_RIGHT] = request->right;
	class[GH_OPERATION_CHANGE] = request->change;
	class[GH_OPERATION_BACKING] = gh_backing_in(request->bits);
	class[GH_OPERATION_SIGNAL] = gh_number_class(scratch, generation, GH_NUMBERS_SIGNAL, request->signal);
	class[GH_OPERATION_NEW_UID] = gh_number_class(scratch, generation, GH_NUMBERS_ID, request->new_uid);
	class[GH_OPERATION_NEW_GID] = gh_number_class(scratch, generation, GH_NUMBERS_ID, request->new_gid);
	class[GH_OPERATION_EXIT_STATUS] = gh_number_class(scratch, generation, GH_NUMBERS_STATUS, request->exit_status);
	class[GH_OPERATION_EXIT_SIGNAL] = gh_number_class(scratch, generation, GH_NUMBERS_SIGNAL, request->exit_signal);
	facts->mask[GH_MASK_OPERATION + GH_OPERATION_MASK_FLAGS] = request->flags;
	facts->mask[GH_MASK_OPERATION + GH_OPERATION_MASK_BITS] = request->bits;
	return 0;
}

/* The target as facts, from what is known of its process. `target` may be any pointer. */
static __always_inline int gh_target_facts(struct gh_scratch *scratch, struct task_struct *target)
{
	int class = gh_process_class_make(scratch, target, scratch->asked.number);

	if (class < 0)
		return -1;
	gh_facts_of_identity(scratch, GH_SOURCE_TARGET, GH_MASK_TARGET);
	scratch->asked.object = class;
	return 0;
}

/* Another process than the acting one as the subject. Fails if nothing is known of it any more. */
static __noinline int gh_asker_facts(struct gh_scratch *scratch, const struct gh_asker *asker)
{
	struct gh_generation *generation = gh_generation_of(scratch->asked.number);
	__u64 number = scratch->asked.number;

	if (!generation)
		return 0;
	scratch->process.pid = asker->pid;
	scratch->process.pad = 0;
	scratch->process.start_nanoseconds = asker->start_nanoseconds;
	if (generation->label_needs & (GH_LABEL_NAMES | GH_LABEL_HASH | GH_LABEL_ANCESTORS) &&
	    (!gh_known_read(scratch, &scratch->process) || scratch->known.label[number & 1].generation != number ||
	     scratch->known.label[number & 1].exec != asker->exec))
		return -1;
	__builtin_memcpy(&scratch->now.moment, &asker->moment, sizeof(scratch->now.moment));
	gh_identity_make(scratch, generation);
	gh_facts_of_identity(scratch, GH_SOURCE_PROCESS, GH_MASK_PROCESS);
	scratch->asked.subject = gh_intern(scratch, number, GH_INTERN_PROCESS);
	return 0;
}

/* Decides one operation on facts that are in place, and reports. Returns not 0 if it is refused. */
static __always_inline int gh_ask_decide(struct gh_scratch *scratch, struct task_struct *target, __u32 operation)
{
	scratch->asked.operation = operation;
	if (gh_gate_decide(scratch, 0))
		gh_emit_process(scratch, target);
	return scratch->asked.denied;
}

/* What a cached verdict keeps of the request; the long way asks in the same words (gh_open_decide). */
static __always_inline __u64 gh_open_request_of(__u32 needs, __u32 right, __u32 flags, __u32 signal)
{
	return gh_open_request(right, needs & GH_NEEDS_CHILD ? flags : 0, signal);
}

static __always_inline __u32 gh_open_needs(const struct gh_generation *generation)
{
	return generation->operation_needs[GH_OPERATION_PROCESS_OPEN] |
	       generation->operation_needs[GH_OPERATION_THREAD_OPEN];
}

/* Both operations of opening a process: it, and its thread if that is not the first. */
static __always_inline int gh_open_decide(struct gh_scratch *scratch, struct task_struct *target)
{
	struct gh_request *request = &scratch->event.request;
	struct gh_generation *generation;
	int refused;

	gh_target_describe(target, &scratch->event.target);
	if (gh_target_facts(scratch, target))
		scratch->asked.failed = 1;
	gh_request_facts(scratch);
	generation = gh_generation_of(scratch->asked.number);
	scratch->asked.request = gh_open_request_of(generation ? gh_open_needs(generation) : 0, request->right,
						    request->flags, request->signal);
	refused = gh_ask_decide(scratch, BPF_CORE_READ(target, group_leader), GH_OPERATION_PROCESS_OPEN);
	if (!refused && scratch->event.target.tid != scratch->event.target.pid)
		refused = gh_ask_decide(scratch, BPF_CORE_READ(target, group_leader), GH_OPERATION_THREAD_OPEN);
	return refused ? -EPERM : 0;
}

/* Neither operation can be decided: closed unless both say otherwise. */
static __always_inline int gh_open_refuse_undecided(void)
{
	return gh_refuse_undecided(GH_OPERATION_PROCESS_OPEN) ?: gh_refuse_undecided(GH_OPERATION_THREAD_OPEN);
}

/* Not static (lib/global.h). `whom`: where the target's task lies. Not 0: refused. */
GH_GLOBAL int gh_open_refused(const __u64 *whom, const struct gh_asker *asker, __u32 right, __u32 signal, __u32 hook)
{
	struct task_struct *target = whom ? (void *)*whom : 0;
	struct gh_scratch *scratch = gh_gate_ask(gh_number_in_force(), GH_OPERATION_PROCESS_OPEN, hook);
	int refused;

	if (!scratch)
		return gh_open_refuse_undecided();
	scratch->event.request.right = right;
	scratch->event.request.signal = signal;
	if (asker) {
		__builtin_memcpy(&scratch->asker, asker, sizeof(scratch->asker));
		scratch->asked.asked_by_other = 1;
		if ((__u32)BPF_CORE_READ(target, group_leader, real_parent, tgid) == asker->pid)
			scratch->event.request.flags = GH_OPERATION_FLAG_CHILD;
		if (gh_asker_facts(scratch, asker)) {
			gh_count(GH_COUNTER_SUBJECTS_UNKNOWN);
			scratch->asked.unknown_subject = 1;
		}
	} else {
		scratch->event.request.flags = gh_is_child(target);
		gh_gate_subject(scratch);
	}
	refused = gh_open_decide(scratch, target);
	gh_scratch_give(scratch);
	return refused;
}

/* 0 or -EPERM, every fact anew. `asker` null: the acting process. `target` may be any pointer. */
static __always_inline int gh_open_slowly(struct task_struct *target, const struct gh_asker *asker, __u32 right,
					  __u32 signal, __u32 hook)
{
	__u64 whom = gh_unknown_pointer(target);

	return gh_open_refused(&whom, asker, right, signal, hook) ? -EPERM : 0;
}

/* Whether both operations of opening are known to go on. */
static __always_inline int gh_open_is_silent(const struct gh_generation *generation, __u32 subject, __u32 object,
					     __u64 request, int is_thread)
{
	__u64 number = generation->number;

	return gh_ask_is_silent(generation, number, GH_OPERATION_PROCESS_OPEN, subject, object, request) &&
	       (!is_thread || gh_ask_is_silent(generation, number, GH_OPERATION_THREAD_OPEN, subject, object, request));
}

/* The short way: is it known that this goes on? `target` is a pointer that the kernel vouches for. */
static __noinline int gh_open_is_settled(struct task_struct *target, __u64 number, __u32 rights, __u32 signal)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct gh_generation *generation = gh_generation_of(number);
	struct gh_task_now subject, object;
	__u32 needs, child = 0;
	__u64 request;

	if (task->tgid == target->tgid)
		return 1;
	if (!generation)
		return 0;
	needs = gh_open_needs(generation);
	if (needs & GH_NEEDS_CHILD)
		child = gh_is_child_trusted(target);
	gh_task_now(task, generation->label_needs, &subject);
	gh_task_now(target, generation->label_needs, &object);
	request = gh_open_request_of(needs, gh_lowest_bit(rights), child, signal);
	if (!gh_open_is_silent(generation, needs & GH_NEEDS_SUBJECT ? gh_task_class(&subject, number) : 0,
			       needs & GH_NEEDS_TARGET ? gh_task_class(&object, number) : 0, request,
			       target->pid != target->tgid))
		return 0;
	if (!(needs & GH_NEEDS_CHILD))
		gh_pair_keep(&subject, &object, number, gh_pair_request(rights, signal));
	return 1;
}

/* The same of any pointer. */
static __noinline int gh_open_is_settled_of(struct task_struct *target, __u32 right)
{
	struct task_struct *task = bpf_get_current_task_btf();
	__u64 number = gh_number_in_force(), request;
	struct gh_generation *generation = gh_generation_of(number);
	__u32 needs, subject = 0, object = 0;

	if (!number)
		return 1;
	if (!generation)
		return 0;
	needs = gh_open_needs(generation);
	if (needs & GH_NEEDS_SUBJECT)
		subject = gh_process_class(task, number, generation->label_needs);
	if (needs & GH_NEEDS_TARGET)
		object = gh_process_class_of(target, number, generation->label_needs);
	request = gh_open_request_of(needs, right, needs & GH_NEEDS_CHILD ? gh_is_child(target) : 0, 0);
	return gh_open_is_silent(generation, subject, object, request,
				 BPF_CORE_READ(target, pid) != BPF_CORE_READ(target, tgid));
}

/* Whether one right, given as a set, over that process is known to go on, by the shortest way that says so. */
static __always_inline int gh_open_goes_on(struct task_struct *target, struct gh_generation *generation, __u64 number,
					   __u32 rights, __u32 signal)
{
	if (generation && !(generation->open_rights & rights))
		return 1;
	if (generation && !(generation->open_rights & GH_OPEN_TESTS_CHILD) &&
	    gh_pair_holds(bpf_get_current_task_btf(), target, generation, number, gh_pair_request(rights, signal)))
		return 1;
	return gh_open_is_settled(target, number, rights, signal);
}

/* 0 or -EPERM. The target is any pointer. */
static __always_inline int gh_ask_open_untrusted(struct task_struct *target, __u32 right, __u32 hook)
{
	if (BPF_CORE_READ(target, tgid) == bpf_get_current_pid_tgid() >> 32 || gh_open_is_settled_of(target, right))
		return 0;
	return gh_open_slowly(target, 0, right, 0, hook);
}

/* The same where another process than the acting one asks. */
static __always_inline int gh_ask_open_as(const struct gh_asker *asker, struct task_struct *target, __u32 right,
					  __u32 signal, __u32 hook)
{
	if ((__u32)BPF_CORE_READ(target, tgid) == asker->pid)
		return 0;
	return gh_open_slowly(target, asker, right, signal, hook);
}

/* Who asks, to be remembered. */
static __always_inline void gh_asker_of(struct task_struct *task, struct gh_asker *asker)
{
	asker->pid = BPF_CORE_READ(task, tgid);
	asker->pad = 0;
	asker->exec = BPF_CORE_READ(task, self_exec_id);
	asker->start_nanoseconds = BPF_CORE_READ(task, group_leader, start_boottime);
	gh_moment_of(task, GH_LABEL_CREDENTIALS | GH_LABEL_FLAGS, &asker->moment);
}

/* Nobody knows who asks: closed, and counted. */
static __always_inline int gh_refuse_subject_unknown(void)
{
	gh_count(GH_COUNTER_SUBJECTS_UNKNOWN);
	gh_count(GH_COUNTER_DENIALS);
	return -EPERM;
}

/* Whether any rule concerns the operation; a generation that was refilled meanwhile: deciding will find out. */
static __always_inline int gh_operation_wanted(__u32 operation)
{
	__u64 number = gh_number_in_force();
	struct gh_generation *generation = gh_generation_of(number);

	return number && (!generation || generation->operation_value[gh_operation_slot(operation)]);
}

#endif
