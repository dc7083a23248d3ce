/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Reporting a decision that has been made. Nothing here changes it: without scratch or room the record is lost, counted,
 * and visible as a gap in the sequence.
 */
#ifndef GH_LIB_EMIT_H
#define GH_LIB_EMIT_H

#include "../maps/tables.h"
#include "path.h"
#include "process.h"

/* The highest place where a text after the path may start; texts follow each other without gaps. */
enum {
	GH_LATEST_ARGUMENTS = GH_TEXT_PATH + GH_TEXT_EXECUTABLE + GH_TEXT_DIRECTORY + GH_TEXT_TARGET,
};

#define ENAMETOOLONG 36

static __always_inline __u32 gh_class_of(__u32 operation)
{
	if (operation == GH_OPERATION_IMAGE_LOAD_EXECUTABLE || operation == GH_OPERATION_IMAGE_LOAD_LIBRARY ||
	    operation == GH_OPERATION_IMAGE_LOAD_KERNEL || operation == GH_OPERATION_IMAGE_LOAD_PROGRAM)
		return GH_CLASS_IMAGE;
	if (operation == GH_OPERATION_THREAD_CREATE || operation == GH_OPERATION_THREAD_OPEN)
		return GH_CLASS_THREAD;
	return operation >= GH_OPERATION_MEMORY_MAP ? GH_CLASS_MEMORY : GH_CLASS_PROCESS;
}

/* "All" is all that runs or is loaded. What processes do to each other is reported when a rule has something to say. */
static __always_inline int gh_is_reported(const struct gh_verdict *verdict, __u32 operation)
{
	return (gh_config.report == GH_REPORT_ALL &&
		(operation <= GH_OPERATION_IMAGE_LOAD_LIBRARY || gh_class_of(operation) == GH_CLASS_IMAGE)) ||
	       verdict->denied || verdict->rule != GH_RULE_NONE || verdict->audited_rule != GH_RULE_NONE;
}

static __always_inline void gh_number(struct gh_event_header *header, __u32 class)
{
	__u32 zero = 0;
	struct gh_sequence *sequence = bpf_map_lookup_elem(&gh_sequence, &zero);

	if (!sequence || class >= GH_CLASS_COUNT)
		return;
	header->sequence = __sync_fetch_and_add(&sequence->global, 1) + 1;
	header->class_sequence = __sync_fetch_and_add(&sequence->by_class[class], 1) + 1;
}

/* Makes the compiler keep a bounds check where the verifier needs to see it. */
#define gh_opaque(variable) asm volatile("" : "+r"(variable))

/* Whether a text may start at `used`; the verifier learns the bound from it. */
#define gh_fits(used, latest)                                                                                          \
	({                                                                                                             \
		gh_opaque(used);                                                                                       \
		(used) <= (latest);                                                                                    \
	})

/* Notes a text that was written at `used`; returns where the next begins. */
static __always_inline __u64 gh_text_note(struct gh_text *text, __u64 used, __u32 length)
{
	text->offset = used;
	text->length = length;
	return used + length;
}

/* `length` is what bpf_d_path returned: it counts the terminator and fails with ENAMETOOLONG if the text does not fit. */
static __always_inline __u64 gh_text_path(struct gh_decision_event *event, struct gh_text *text, __u64 used,
					  __u32 limit, long length, __u32 truncated)
{
	if (length > 0 && length <= limit)
		return gh_text_note(text, used, length - 1);
	if (length == -ENAMETOOLONG)
		event->truncated |= truncated;
	return used;
}

/* The path in scratch->name, if it is short enough for the text's place. */
static __always_inline __u64 gh_text_name(struct gh_scratch *scratch, struct gh_text *text, __u64 used, __u32 truncated)
{
	__u64 start = scratch->name_start;
	__s32 length = scratch->name_length;

	if (length < 0 || length > GH_NAME_MAX) {
		scratch->event.truncated |= truncated;
		return used;
	}
	if (!gh_fits(used, GH_LATEST_ARGUMENTS) || !gh_fits(start, GH_NAME_BYTES))
		return used;
	length &= GH_NAME_MAX;
	if (bpf_probe_read_kernel(scratch->text + used, length, scratch->name + start))
		return used;
	return gh_text_note(text, used, length);
}

/* The acting process's own arguments, as they lie in its memory now; it may have changed them. */
static __always_inline __u64 gh_text_arguments(struct gh_scratch *scratch, struct task_struct *task, __u64 used)
{
	unsigned long start = BPF_CORE_READ(task, mm, arg_start), end = BPF_CORE_READ(task, mm, arg_end);
	__u64 length;

	if (scratch->asked.arguments_start) {
		start = scratch->asked.arguments_start;
		end = scratch->asked.arguments_end;
	}
	length = end - start;
	if (!start || end <= start || !gh_fits(used, GH_LATEST_ARGUMENTS))
		return used;
	if (length >= GH_TEXT_ARGUMENTS) {
		length = GH_TEXT_ARGUMENTS - 1;
		scratch->event.truncated |= GH_TRUNCATED_ARGUMENTS;
	}
	length &= GH_TEXT_ARGUMENTS - 1;
	if (bpf_probe_read_user(scratch->text + used, length, (void *)start))
		return used;
	return gh_text_note(&scratch->event.arguments, used, length);
}

/* Everything but the texts; image, target, request and verdict are already in place. */
static __always_inline void gh_event_begin(struct gh_decision_event *event, __u32 operation, __u32 hook)
{
	event->header.version = GH_ABI_VERSION;
	event->header.kind = GH_EVENT_DECISION;
	event->header.boot_nanoseconds = bpf_ktime_get_boot_ns();
	event->operation = operation;
	event->hook = hook;
	event->path = event->executable = event->directory = event->arguments = (struct gh_text){};
	event->target_executable = (struct gh_text){};
	event->truncated = 0;
	gh_number(&event->header, gh_class_of(operation));
	gh_process_describe(&event->process);
}

/* Another process than the acting one asked. Of it only this is known. */
static __always_inline void gh_event_asker(struct gh_decision_event *event, const struct gh_asker *asker)
{
	__builtin_memset(&event->process, 0, sizeof(event->process));
	event->process.pid = event->process.tid = asker->pid;
	event->process.start_nanoseconds = asker->start_nanoseconds;
	event->process.uid = asker->moment.uid;
	event->process.effective_uid = asker->moment.effective_uid;
	event->process.gid = asker->moment.gid;
	event->process.effective_gid = asker->moment.effective_gid;
	event->process.login_uid = asker->moment.login_uid;
	event->process.session = ~0u;
	event->process.effective_capabilities = asker->moment.capabilities;
}

static __always_inline void gh_event_send(struct gh_scratch *scratch, __u64 used)
{
	__u32 operation = scratch->event.operation;

	if (!gh_fits(used, GH_TEXT_BYTES))
		used = GH_TEXT_BYTES;
	scratch->event.header.size = sizeof(struct gh_decision_event) + used;
	if (bpf_ringbuf_output(&gh_events, &scratch->event, sizeof(struct gh_decision_event) + used, 0))
		gh_count_lost(operation);
	else
		gh_count(GH_COUNTER_EVENTS_REPORTED);
}

/*
 * Who acts, as text. Climbed, because d_path takes no path of a task from 6.2 on (the pointers are untrusted there). The
 * working directory and the arguments cost as much again, so only an exec or a decision by rule carries them.
 */
static __always_inline __u64 gh_text_process(struct gh_scratch *scratch, __u64 used)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct gh_decision_event *event = &scratch->event;
	struct file *running = BPF_CORE_READ(task, mm, exe_file);

	if (running) {
		gh_path_walk(running, scratch, task);
		used = gh_text_name(scratch, &event->executable, used, GH_TRUNCATED_EXECUTABLE);
	}
	if (event->operation != GH_OPERATION_PROCESS_EXEC && event->verdict.reason == GH_REASON_NO_RULE &&
	    event->verdict.audited_rule == GH_RULE_NONE)
		return used;
	gh_path_climb(BPF_CORE_READ(task, fs, pwd.mnt), BPF_CORE_READ(task, fs, pwd.dentry), scratch, task);
	used = gh_text_name(scratch, &event->directory, used, GH_TRUNCATED_DIRECTORY);
	return gh_text_arguments(scratch, task, used);
}

/* Adds the texts and sends, in hooks in which bpf_d_path is allowed. gh_event_begin comes first. */
static __noinline int gh_emit(struct file *file, struct gh_scratch *scratch)
{
	struct gh_decision_event *event = &scratch->event;
	__u64 used;

	used = gh_text_path(event, &event->path, 0, GH_TEXT_PATH,
			    bpf_d_path(&file->f_path, scratch->text, GH_TEXT_PATH), GH_TRUNCATED_PATH);
	gh_event_send(scratch, gh_text_process(scratch, used));
	return 0;
}

/* The same in the others; scratch->name is the image's path. */
static __noinline int gh_emit_walked(struct gh_scratch *scratch)
{
	__u64 used = gh_text_name(scratch, &scratch->event.path, 0, GH_TRUNCATED_PATH);

	gh_event_send(scratch, gh_text_process(scratch, used));
	return 0;
}

/* Of an operation without an image; `target` is the leader of the process that is acted on, or null. */
static __noinline int gh_emit_process(struct gh_scratch *scratch, struct task_struct *target)
{
	struct file *running = target ? BPF_CORE_READ(target, mm, exe_file) : 0;
	__u64 used = 0;

	if (running) {
		gh_path_walk(running, scratch, target);
		used = gh_text_name(scratch, &scratch->event.target_executable, used, GH_TRUNCATED_TARGET);
	}
	gh_event_send(scratch, scratch->asked.asked_by_other ? used : gh_text_process(scratch, used));
	return 0;
}

#endif
