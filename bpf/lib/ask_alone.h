/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Operations that have no target and no file: only who acts, and facts of their own. */
#ifndef GH_LIB_ASK_ALONE_H
#define GH_LIB_ASK_ALONE_H

#include "ask.h"

/* What rules can test of clone flags as fifteen bits, for a cached verdict: namespaces, and enum gh_creation_flag. */
static __always_inline __u64 gh_clone_bits(__u64 flags)
{
	return (flags >> 7 & 31) | (flags >> 13 & 7) << 5 | (flags >> 17 & 1) << 8 | (flags >> 25 & 0x3f) << 9;
}

/* Whether an operation without a target or file is known to go on. `bits`: its own facts, for a cached verdict. */
static __always_inline int gh_ask_goes_on(__u64 number, __u32 operation, __u64 bits)
{
	struct gh_generation *generation = gh_generation_of(number);
	__u32 needs, subject = 0;

	if (!number)
		return 1;
	if (!generation)
		return 0;
	if (!generation->operation_value[gh_operation_slot(operation)])
		return 1;
	needs = generation->operation_needs[gh_operation_slot(operation)];
	if (needs & GH_NEEDS_SUBJECT)
		subject = gh_process_class(bpf_get_current_task_btf(), number, generation->label_needs);
	return (bits != GH_REQUEST_MANY || !(needs & GH_NEEDS_REQUEST)) &&
	       gh_ask_is_silent(generation, number, operation, subject, 0, bits);
}

/* Class memory: whether this thread has asked the same before. Inlined, because a runtime that compiles asks again and again. */
static __always_inline int gh_ask_memory_again(__u64 number, __u32 operation, __u64 bits)
{
	struct gh_generation *generation = gh_generation_of(number);

	return generation &&
	       gh_alone_holds(bpf_get_current_task_btf(), generation, number, gh_alone_request(operation, bits));
}

/* Whether it is known to go on, though not of this thread; then it is remembered by thread. */
static __noinline int gh_ask_memory_goes_on(__u64 number, __u32 operation, __u64 bits)
{
	struct gh_generation *generation = gh_generation_of(number);
	struct task_struct *task = bpf_get_current_task_btf();
	struct gh_task_now now;
	__u32 needs;

	if (!generation)
		return !number;
	needs = generation->operation_needs[gh_operation_slot(operation)];
	/* Before the verdict is found: who changes meanwhile finds what does not fit. */
	gh_task_now(task, generation->label_needs, &now);
	if (!gh_ask_is_silent(generation, number, operation, needs & GH_NEEDS_SUBJECT ? gh_task_class(&now, number) : 0,
			      0, bits))
		return 0;
	gh_pair_keep(&now, &now, number, gh_alone_request(operation, bits));
	return 1;
}

/* Decides it; event.request is in place. 0 or -EPERM. */
static __always_inline int gh_ask_fully(struct gh_scratch *scratch, __u32 operation, __u64 bits)
{
	int refused;

	scratch->asked.request = bits;
	gh_gate_subject(scratch);
	gh_request_facts(scratch);
	refused = gh_ask_decide(scratch, 0, operation);
	gh_scratch_give(scratch);
	return refused ? -EPERM : 0;
}

/* process.create, thread.create, process.credentials, process.exit. */
static __noinline int gh_ask_operation(const struct gh_request *request, __u32 operation, __u32 hook)
{
	__u64 number = gh_number_in_force(), bits = GH_REQUEST_MANY;
	struct gh_scratch *scratch;

	if (operation == GH_OPERATION_PROCESS_CREATE || operation == GH_OPERATION_THREAD_CREATE)
		bits = gh_clone_bits(request->bits) << 1 | request->flags / GH_OPERATION_FLAG_IO_WORKER % 2;
	if (gh_ask_goes_on(number, operation, bits))
		return 0;
	scratch = gh_gate_ask(number, operation, hook);
	if (!scratch)
		return gh_refuse_undecided(operation);
	__builtin_memcpy(&scratch->event.request, request, sizeof(*request));
	return gh_ask_fully(scratch, operation, bits);
}

/* Class memory, without a file. Its request is one number: for more on the stack its hooks have no room. */
static __noinline int gh_ask_memory_anew(__u64 memory, __u32 operation, __u32 hook)
{
	__u64 number = gh_number_in_force(), bits = gh_memory_request(memory);
	struct gh_scratch *scratch;

	if (gh_ask_memory_goes_on(number, operation, bits))
		return 0;
	scratch = gh_gate_ask(number, operation, hook);
	if (!scratch)
		return gh_refuse_undecided(operation);
	scratch->event.request.bits = memory;
	return gh_ask_fully(scratch, operation, bits);
}

static __always_inline int gh_ask_memory(__u64 memory, __u32 operation, __u32 hook)
{
	if (gh_ask_memory_again(gh_number_in_force(), operation, gh_memory_request(memory)))
		return 0;
	return gh_ask_memory_anew(memory, operation, hook);
}

#endif
