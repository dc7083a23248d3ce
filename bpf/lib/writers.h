/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Writes to control groups' files that are under way. Between the hook and the deed a write can be held up for as long as
 * the writer likes (splice from a pipe that is empty, memory that a FUSE program or userfaultfd serves). So who is killed
 * or frozen may have been moved into the group after the question, by a write that was harmless itself, and a group may be
 * frozen after the question who is moved into it. Each such write therefore says so first and looks for the others then:
 * of two that meet, at least one sees the other, and asks for everyone.
 */
#ifndef GH_LIB_WRITERS_H
#define GH_LIB_WRITERS_H

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include "../kernel/cgroup.h"
#include "../kernel/process.h"
#include "../maps/process.h"
#include "unknown.h"

enum gh_group_deed {
	GH_DEED_KILL = 1,
	GH_DEED_FREEZE = 2,
	GH_DEED_MOVE = 4,
};

static __always_inline struct cgroup *gh_group_above(struct cgroup *group, __u32 level)
{
	struct cgroup *above = 0;

	bpf_probe_read_kernel(&above, sizeof(above),
			      (void *)group + bpf_core_field_offset(struct cgroup, ancestors) +
				  (__u64)level * sizeof(above));
	return above;
}

/* Whether `group` is `above` or below it. */
static __always_inline int gh_group_is_within(struct cgroup *group, struct cgroup *above)
{
	__u32 level = BPF_CORE_READ(above, level);

	return group && (__u32)BPF_CORE_READ(group, level) >= level && gh_group_above(group, level) == above;
}

static __always_inline void gh_writer_describe(struct gh_writer *writer)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct pt_regs___call *registers = (void *)bpf_task_pt_regs(task);

	writer->task = (__u64)task;
	writer->tid = BPF_CORE_READ(task, pid);
	writer->start_nanoseconds = BPF_CORE_READ(task, start_boottime);
	writer->registers = (__u64)registers;
	writer->number = BPF_CORE_READ(registers, orig_ax);
	writer->instruction = BPF_CORE_READ(registers, ip);
	writer->stack = BPF_CORE_READ(registers, sp);
}

/* A worker of io_uring has no registers of its own, so its last write is under way until the worker ends. */
static __always_inline int gh_writer_goes_on(struct gh_writer *writer)
{
	struct task_struct *task = (void *)writer->task;
	struct pt_regs___call *registers = (void *)writer->registers;

	return (__u32)BPF_CORE_READ(task, pid) == writer->tid &&
	       BPF_CORE_READ(task, start_boottime) == writer->start_nanoseconds &&
	       BPF_CORE_READ(registers, orig_ax) == writer->number &&
	       BPF_CORE_READ(registers, ip) == writer->instruction && BPF_CORE_READ(registers, sp) == writer->stack;
}

struct gh_meeting {
	__u64 group;
	__u32 deed;
	__u32 tid;
	__u32 met; /* a set of deeds */
};

static long gh_writer_meets(void *map, const __u32 *tid, struct gh_writer *other, struct gh_meeting *own)
{
	struct cgroup *group = (void *)gh_unknown(&own->group), *others = (void *)other->group;
	__u32 moves = gh_unknown(&own->deed) == GH_DEED_MOVE, other_moves = other->deed == GH_DEED_MOVE;

	if (other->tid == (__u32)gh_unknown(&own->tid))
		return 0;
	if (!gh_writer_goes_on(other)) {
		bpf_map_delete_elem(&gh_writers, tid);
		return 0;
	}
	if (moves != other_moves && (moves ? gh_group_is_within(group, others) : gh_group_is_within(others, group)))
		own->met = gh_unknown(&own->met) | other->deed;
	return 0;
}

/* Says what the acting thread is about to do, and returns what others are doing that makes it concern everyone. */
static __noinline __u32 gh_group_meets(struct cgroup *group, __u32 deed)
{
	struct gh_writer writer = {.group = (__u64)group, .deed = deed};
	struct gh_meeting own = {.group = (__u64)group, .deed = deed};

	gh_writer_describe(&writer);
	own.tid = writer.tid;
	if (bpf_map_update_elem(&gh_writers, &writer.tid, &writer, BPF_ANY))
		return GH_DEED_KILL | GH_DEED_FREEZE | GH_DEED_MOVE;
	bpf_for_each_map_elem(&gh_writers, gh_writer_meets, &own, 0);
	return gh_unknown(&own.met);
}

#endif
