/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What an exec was decided by, kept until its arguments are decided (hooks/arguments.c). */
#ifndef GH_LIB_KEEP_H
#define GH_LIB_KEEP_H

#include "scan.h"

/* Keeps the facts of an exec for the decision by arguments, if there will be one (hooks/arguments.c). */
static __noinline int gh_keep_exec(struct gh_scratch *scratch)
{
	struct gh_generation *generation = gh_generation_of(scratch->asked.number);
	__u64 key = (__u64)bpf_get_current_task_btf();
	struct gh_exec_part *part;
	struct gh_exec *exec;

	if (!generation || !generation->operation_value[GH_OPERATION_PROCESS_EXEC_ARGUMENTS])
		return 0;
	exec = bpf_map_lookup_elem(&gh_execs, &key);
	if (exec)
		__builtin_memcpy(&scratch->exec, exec, sizeof(scratch->exec));
	else
		__builtin_memset(&scratch->exec, 0, sizeof(scratch->exec));
	/* Of more than two files, a script of a script, the first and the last count. */
	part = &scratch->exec.part[scratch->exec.count ? 1 : 0];
	scratch->exec.count = scratch->exec.count ? 2 : 1;
	part->generation = scratch->asked.number;
	__builtin_memcpy(part->subject.class, &scratch->facts.class[GH_SOURCE_PROCESS], sizeof(part->subject.class));
	__builtin_memcpy(part->subject.mask, &scratch->facts.mask[GH_MASK_PROCESS], sizeof(part->subject.mask));
	__builtin_memcpy(part->image.class, &scratch->facts.class[GH_SOURCE_IMAGE], sizeof(part->image.class));
	__builtin_memcpy(part->image.mask, &scratch->facts.mask[GH_MASK_IMAGE], sizeof(part->image.mask));
	if (bpf_map_update_elem(&gh_execs, &key, &scratch->exec, BPF_ANY)) {
		gh_count(GH_COUNTER_LABEL_FAILURES);
		if (!(generation->operation_needs[GH_OPERATION_PROCESS_EXEC_ARGUMENTS] & GH_NEEDS_OPEN_WHEN_FULL))
			scratch->asked.no_memory = 1;
	}
	return 0;
}

/* What has come out of an exec since its files were decided. */
static __always_inline void gh_keep_flags(__u32 flags)
{
	__u64 key = (__u64)bpf_get_current_task_btf();
	struct gh_exec *exec = bpf_map_lookup_elem(&gh_execs, &key);

	if (exec)
		exec->flags |= flags;
}

/* A new exec begins. What an exec that failed has left is not its. */
static __always_inline void gh_keep_begin(void)
{
	__u64 key = (__u64)bpf_get_current_task_btf();

	bpf_map_delete_elem(&gh_execs, &key);
}

#endif
