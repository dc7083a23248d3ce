/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The steps that all hooks share: take working memory, decide an operation by the facts that were gathered, report. */
#ifndef GH_LIB_GATE_H
#define GH_LIB_GATE_H

#include "emit.h"
#include "label.h"
#include "verdict.h"

/* Of the image. */
#define GH_NEEDS_OBJECT                                                                                                \
	(GH_NEEDS_NAME | GH_NEEDS_HASH | GH_NEEDS_IMAGE | GH_NEEDS_TRUST | GH_NEEDS_VERITY | GH_NEEDS_ANSWERS)

#define EPERM	1
#define EACCES	13
#define SIGKILL 9

/*
 * Without working memory nothing can be decided or reported: what the rules' onFull says, and closed if they do not agree.
 * Open if no rule asks for the operation. Counted, no event.
 */
static __always_inline int gh_refuse_undecided(__u32 operation)
{
	__u64 number = gh_number_in_force();
	struct gh_generation *generation = gh_generation_of(number);
	__u64 slot = gh_operation_slot(operation);

	if (!number || (generation && (!generation->operation_value[slot] ||
				       generation->operation_needs[slot] & GH_NEEDS_OPEN_WHEN_FULL)))
		return 0;
	gh_count(GH_COUNTER_DENIALS);
	return -EPERM;
}

static __always_inline int gh_reports_all(void)
{
	return gh_config.report == GH_REPORT_ALL;
}

/* Refused whatever the policy says; the agent proves with it that the hooks are called. */
static __always_inline int gh_is_canary(const struct gh_image *image)
{
	return gh_config.canary.inode && gh_same_inode(&gh_config.canary, &image->inode);
}

static __always_inline __u32 gh_backing_in(__u64 memory)
{
	return memory / GH_MEMORY_BACKING & 7;
}

/* Of enum gh_memory_bit, what a cached verdict has room for: that memory becomes executable is always so. */
static __always_inline __u64 gh_memory_request(__u64 memory)
{
	return (memory & 31) | (memory >> 6 & 255) << 5 | (__u64)gh_backing_in(memory) << 13;
}

/* Begins a question in a fresh scratch. */
static __always_inline struct gh_scratch *gh_gate_ask(__u64 number, __u32 operation, __u32 hook)
{
	struct gh_scratch *scratch = gh_scratch_take();

	if (!scratch)
		return 0;
	__builtin_memset(&scratch->asked, 0, sizeof(scratch->asked));
	__builtin_memset(&scratch->facts, 0, sizeof(scratch->facts));
	__builtin_memset(&scratch->event.image, 0, sizeof(scratch->event.image));
	__builtin_memset(&scratch->event.target, 0, sizeof(scratch->event.target));
	__builtin_memset(&scratch->event.request, 0, sizeof(scratch->event.request));
	scratch->asked.number = number;
	scratch->asked.operation = operation;
	scratch->asked.hook = hook;
	scratch->name_start = 0;
	scratch->name_length = 0;
	return scratch;
}

/* The acting process as facts. A generation that is gone makes the decision fail closed by itself. */
static __always_inline void gh_gate_subject(struct gh_scratch *scratch)
{
	struct task_struct *task = bpf_get_current_task_btf();
	int class = gh_process_class_make(scratch, task, scratch->asked.number);

	scratch->asked.subject = class > 0 ? class : 0;
	if (class >= 0)
		gh_facts_of_identity(scratch, GH_SOURCE_PROCESS, GH_MASK_PROCESS);
}

/* What is not certain of the processes that rules test: enum gh_doubt. */
static __always_inline __u64 gh_gate_doubts(const struct gh_scratch *scratch, __u32 needs)
{
	const __u64 *mask = scratch->facts.mask;
	__u64 doubts = 0;

	if (needs & GH_NEEDS_SUBJECT)
		doubts |= mask[GH_MASK_PROCESS + GH_PROCESS_MASK_DOUBT];
	if (needs & GH_NEEDS_TARGET)
		doubts |= mask[GH_MASK_TARGET + GH_PROCESS_MASK_DOUBT];
	return needs & GH_NEEDS_ANCESTORS ? doubts : doubts & ~(__u64)GH_DOUBT_ANCESTORS;
}

/* Whether a verdict on these facts can be kept: each part that rules test has a number. */
static __always_inline __u64 gh_gate_key(struct gh_scratch *scratch, const struct gh_generation *generation,
					 __u32 operation)
{
	__u32 needs = generation->operation_needs[gh_operation_slot(operation)];
	__u32 object_needs = GH_NEEDS_TARGET | GH_NEEDS_OBJECT;
	__u32 subject = needs & GH_NEEDS_SUBJECT ? scratch->asked.subject : 0;
	__u32 object = needs & object_needs ? scratch->asked.object : 0;

	__u64 request = needs & GH_NEEDS_REQUEST ? scratch->asked.request : 0;

	if (gh_gate_doubts(scratch, needs) || request >> GH_CACHED_REQUEST_BITS ||
	    (needs & GH_NEEDS_SUBJECT && !subject) || (needs & object_needs && !object))
		return 0;
	return gh_cached_key(scratch->asked.number, subject, object, operation, request);
}

/* Why an operation is refused whatever the rules find: a fact that they test is not certain, or could not be kept. */
static __always_inline enum gh_reason gh_gate_refusal(const struct gh_scratch *scratch, __u32 needs)
{
	__u64 doubts = gh_gate_doubts(scratch, needs);

	if (scratch->asked.unknown_subject || doubts & GH_DOUBT_PROGRAM)
		return GH_REASON_SUBJECT_UNKNOWN;
	if (scratch->asked.no_memory || (doubts & GH_DOUBT_ANCESTORS && !(needs & GH_NEEDS_OPEN_WHEN_FULL)))
		return GH_REASON_NO_MEMORY;
	return GH_REASON_NO_RULE;
}

/* Not static (lib/global.h). Returns -1 if nothing is decided. */
GH_GLOBAL int gh_gate_verdict(const __u32 *slot, __u32 index)
{
	struct gh_scratch *scratch = gh_scratch_at(slot);
	struct gh_generation *generation;
	struct gh_decision_event *event;
	enum gh_reason refusal;
	struct gh_scan *scan;
	__u32 operation;
	__u64 key = 0;

	if (!scratch)
		return -1;
	event = &scratch->event;
	scan = &scratch->scan;
	operation = scratch->asked.operation + index;
	generation = gh_scan_begin(scan, scratch->asked.number, operation);
	refusal = scratch->asked.unknown_subject ? GH_REASON_SUBJECT_UNKNOWN : GH_REASON_NO_RULE;
	if (generation) {
		refusal = gh_gate_refusal(scratch, generation->operation_needs[gh_operation_slot(operation)]);
		/* Who asked for the hash and found that no row wants it decides as for a hash that no rule names. */
		if (scratch->facts.class[GH_SOURCE_IMAGE + GH_IMAGE_SHA256] == GH_HASH_CLASS_NOT_ASKED)
			scratch->facts.class[GH_SOURCE_IMAGE + GH_IMAGE_SHA256] = GH_HASH_CLASS_OTHER;
		if (scratch->facts.mask[GH_MASK_IMAGE + GH_IMAGE_MASK_TRUST] == GH_TRUST_CLASS_NOT_ASKED)
			scratch->facts.mask[GH_MASK_IMAGE + GH_IMAGE_MASK_TRUST] = GH_TRUST_CLASS_NONE;
		key = scratch->asked.failed ? 0 : gh_gate_key(scratch, generation, operation);
		if (!key || !gh_cached_use(scan, key)) {
			gh_scan_run(scratch);
			scan->failed |= scratch->asked.failed;
			if (key)
				gh_cached_keep(scan, key);
		}
	}
	gh_count(GH_COUNTER_DECISIONS);
	gh_verdict_of(scan, &event->verdict);
	if (refusal != GH_REASON_NO_RULE) {
		event->verdict.denied = 1;
		event->verdict.reason = refusal;
	}
	if (gh_is_canary(&event->image)) {
		event->verdict.denied = 1;
		event->verdict.reason = GH_REASON_CANARY;
		gh_count(GH_COUNTER_CANARY_DENIALS);
	} else if (event->verdict.denied) {
		gh_count(GH_COUNTER_DENIALS);
	}
	/* Too late to refuse anything. */
	event->verdict.killed |= event->verdict.denied && (scratch->asked.hook == GH_HOOK_SCHED_PROCESS_EXEC ||
							   scratch->asked.hook == GH_HOOK_DO_BRK_FLAGS);
	if (event->verdict.killed) {
		gh_count(GH_COUNTER_KILLS);
		bpf_send_signal(SIGKILL);
	}
	scratch->asked.denied |= event->verdict.denied;
	scratch->asked.killed |= event->verdict.killed;
	if (!gh_is_reported(&event->verdict, operation))
		return 0;
	gh_event_begin(event, operation, scratch->asked.hook);
	if (scratch->asked.asked_by_other)
		gh_event_asker(event, &scratch->asker);
	return 1;
}

/*
 * Decides operation number `index` of the question and begins its event; the facts are in place. Returns whether the event
 * is to be sent.
 */
static __always_inline int gh_gate_decide(struct gh_scratch *scratch, __u32 index)
{
	__u32 slot = scratch->slot;
	int reported = gh_gate_verdict(&slot, index);

	/* The slot is there, or we would not hold it. Should it not be: closed. */
	if (reported < 0)
		scratch->asked.denied = 1;
	return reported > 0;
}

#endif
