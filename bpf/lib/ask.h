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

/* Whether any rule concerns process.open or thread.open. */
static __always_inline int gh_open_wanted(void)
{
	__u64 number = gh_number_in_force();
	__u32 slot = number % GH_GENERATION_SLOTS;
	struct gh_generation *generation;

	if (!number)
		return 0;
	generation = bpf_map_lookup_elem(&gh_generations, &slot);
	/* Refilled meanwhile: there is something to decide, and deciding will find out. */
	return !generation || generation->number != number || generation->operation_value[GH_OPERATION_PROCESS_OPEN] ||
	       generation->operation_value[GH_OPERATION_THREAD_OPEN];
}

static __always_inline __u32 gh_is_child(struct task_struct *target)
{
	struct task_struct *parent = BPF_CORE_READ(target, group_leader, real_parent);

	return BPF_CORE_READ(parent, tgid) == bpf_get_current_pid_tgid() >> 32 ? GH_OPERATION_FLAG_CHILD : 0;
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
	key = gh_cached_key(needs & GH_NEEDS_SUBJECT ? subject : 0, needs & GH_NEEDS_TARGET ? object : 0, operation,
			    needs & GH_NEEDS_REQUEST ? request : 0);
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
	class[GH_OPERATION_SIGNAL] = gh_number_class(scratch, generation, GH_NUMBERS_SIGNAL, request->signal);
	class[GH_OPERATION_NEW_UID] = gh_number_class(scratch, generation, GH_NUMBERS_ID, request->new_uid);
	class[GH_OPERATION_NEW_GID] = gh_number_class(scratch, generation, GH_NUMBERS_ID, request->new_gid);
	class[GH_OPERATION_EXIT_STATUS] = gh_number_class(scratch, generation, GH_NUMBERS_STATUS, request->exit_status);
	class[GH_OPERATION_EXIT_SIGNAL] = gh_number_class(scratch, generation, GH_NUMBERS_SIGNAL, request->exit_signal);
	facts->mask[GH_MASK_OPERATION + GH_OPERATION_MASK_FLAGS] = request->flags;
	facts->mask[GH_MASK_OPERATION + GH_OPERATION_MASK_NAMESPACES] = request->clone_flags;
	return 0;
}

/* The target as facts, from what is known of its process. `target` may be any pointer. */
static __always_inline int gh_target_facts(struct gh_scratch *scratch, struct task_struct *target)
{
	struct task_struct *leader = BPF_CORE_READ(target, group_leader);

	if (gh_process_identify(scratch, leader, target, scratch->asked.number))
		return -1;
	gh_facts_of_identity(scratch, GH_SOURCE_TARGET, GH_MASK_TARGET);
	scratch->asked.object = gh_intern(scratch, scratch->asked.number, GH_INTERN_PROCESS);
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
	    (!gh_known_read(scratch, &scratch->process) || scratch->known.label[number & 1].generation != number))
		return -1;
	__builtin_memcpy(&scratch->moment, &asker->moment, sizeof(scratch->moment));
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

/* Both operations of opening a process: it, and its thread if that is not the first. */
static __always_inline int gh_open_decide(struct gh_scratch *scratch, struct task_struct *target)
{
	struct gh_request *request = &scratch->event.request;
	int refused;

	gh_target_describe(target, &scratch->event.target);
	if (gh_target_facts(scratch, target))
		scratch->asked.failed = 1;
	gh_request_facts(scratch);
	scratch->asked.request = gh_open_request(request->right, request->flags, request->signal);
	refused = gh_ask_decide(scratch, BPF_CORE_READ(target, group_leader), GH_OPERATION_PROCESS_OPEN);
	if (!refused && scratch->event.target.tid != scratch->event.target.pid)
		refused = gh_ask_decide(scratch, BPF_CORE_READ(target, group_leader), GH_OPERATION_THREAD_OPEN);
	return refused ? -EPERM : 0;
}

/* Every fact anew. `asker` null: the acting process. `target` may be any pointer. */
static __noinline int gh_open_slowly(struct task_struct *target, const struct gh_asker *asker, __u32 right,
				     __u32 signal, __u32 hook)
{
	struct gh_scratch *scratch = gh_gate_ask(gh_number_in_force(), GH_OPERATION_PROCESS_OPEN, hook);
	int refused;

	if (!scratch)
		return gh_refuse_undecided(GH_OPERATION_PROCESS_OPEN);
	scratch->event.request.right = right;
	scratch->event.request.signal = signal;
	if (asker) {
		__builtin_memcpy(&scratch->asker, asker, sizeof(scratch->asker));
		scratch->asked.asked_by_other = 1;
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

enum gh_quick {
	GH_QUICK_SILENT = 0,
	GH_QUICK_UNLABELLED = 1, /* and the target has no label yet */
	GH_QUICK_UNKNOWN = 2,
};

/* The short way. `target` is a pointer that storage accepts. */
static __noinline enum gh_quick gh_ask_quickly(struct task_struct *target, __u32 right, __u32 signal)
{
	struct task_struct *task = bpf_get_current_task_btf();
	__u64 number = gh_number_in_force(), request;
	struct gh_generation *generation = gh_generation_of(number);
	__u32 needs, subject = 0, object = 0;

	if (task->tgid == target->tgid || !number)
		return GH_QUICK_SILENT;
	if (!generation)
		return GH_QUICK_UNKNOWN;
	needs = generation->operation_needs[GH_OPERATION_PROCESS_OPEN] |
		generation->operation_needs[GH_OPERATION_THREAD_OPEN];
	if (needs & GH_NEEDS_SUBJECT)
		subject = gh_process_class(task, number, generation->label_needs);
	if (needs & GH_NEEDS_TARGET)
		object = gh_process_class(target, number, generation->label_needs);
	request = gh_open_request(right, needs & GH_NEEDS_REQUEST ? gh_is_child(target) : 0, signal);
	if (gh_ask_is_silent(generation, number, GH_OPERATION_PROCESS_OPEN, subject, object, request) &&
	    (target->pid == target->tgid ||
	     gh_ask_is_silent(generation, number, GH_OPERATION_THREAD_OPEN, subject, object, request)))
		return GH_QUICK_SILENT;
	return needs & GH_NEEDS_TARGET && !object ? GH_QUICK_UNLABELLED : GH_QUICK_UNKNOWN;
}

/* `target` is a pointer that storage accepts. 0 or -EPERM. */
static __always_inline int gh_ask_open(struct task_struct *target, __u32 right, __u32 signal, __u32 hook)
{
	enum gh_quick quick = gh_ask_quickly(target, right, signal);

	if (quick == GH_QUICK_SILENT)
		return 0;
	if (quick == GH_QUICK_UNLABELLED)
		gh_process_label(target, gh_number_in_force());
	return gh_open_slowly(target, 0, right, signal, hook);
}

/* The same where the target is any pointer. */
static __always_inline int gh_ask_open_untrusted(struct task_struct *target, __u32 right, __u32 hook)
{
	if (BPF_CORE_READ(target, tgid) == bpf_get_current_pid_tgid() >> 32)
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
	asker->start_nanoseconds = BPF_CORE_READ(task, group_leader, start_boottime);
	gh_moment_of(task, GH_LABEL_IDS | GH_LABEL_CAPABILITIES | GH_LABEL_FLAGS, &asker->moment);
}

/* Nobody knows who asks: closed, and counted. */
static __always_inline int gh_refuse_subject_unknown(void)
{
	gh_count(GH_COUNTER_SUBJECTS_UNKNOWN);
	gh_count(GH_COUNTER_DENIALS);
	return -EPERM;
}

/* The namespaces of clone flags as eight bits, for a cached verdict. */
static __always_inline __u64 gh_namespace_bits(__u64 flags)
{
	return (flags >> 7 & 1) | (flags >> 17 & 1) << 1 | (flags >> 25 & 0x3f) << 2;
}

/* Operations without a target: process.create, thread.create, process.credentials, process.exit. */
static __noinline int gh_ask_operation(const struct gh_request *request, __u32 operation, __u32 hook)
{
	struct task_struct *task = bpf_get_current_task_btf();
	__u64 number = gh_number_in_force(), bits = GH_REQUEST_MANY;
	struct gh_generation *generation = gh_generation_of(number);
	struct gh_scratch *scratch;
	__u32 needs, subject = 0;
	int refused;

	if (!number)
		return 0;
	if (operation == GH_OPERATION_PROCESS_CREATE || operation == GH_OPERATION_THREAD_CREATE)
		bits = gh_namespace_bits(request->clone_flags) << 3 | (request->flags & 7);
	if (generation) {
		if (!generation->operation_value[gh_operation_slot(operation)])
			return 0;
		needs = generation->operation_needs[gh_operation_slot(operation)];
		if (needs & GH_NEEDS_SUBJECT)
			subject = gh_process_class(task, number, generation->label_needs);
		if ((bits != GH_REQUEST_MANY || !(needs & GH_NEEDS_REQUEST)) &&
		    gh_ask_is_silent(generation, number, operation, subject, 0, bits))
			return 0;
	}
	scratch = gh_gate_ask(number, operation, hook);
	if (!scratch)
		return gh_refuse_undecided(operation);
	__builtin_memcpy(&scratch->event.request, request, sizeof(*request));
	scratch->asked.request = bits;
	gh_gate_subject(scratch);
	gh_request_facts(scratch);
	refused = gh_ask_decide(scratch, 0, operation);
	gh_scratch_give(scratch);
	return refused ? -EPERM : 0;
}

#endif
