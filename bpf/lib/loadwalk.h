/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Loading a file in hooks that cannot sleep, and in which bpf_d_path is not allowed either. */
#ifndef GH_LIB_LOADWALK_H
#define GH_LIB_LOADWALK_H

#include "load.h"

/* Decides and reports; -EPERM if it is refused. The hash is known only if it was computed before. */
static __always_inline int gh_load_decide_walking(const struct gh_load *load)
{
	struct gh_scratch *scratch = gh_load_gather_walking(load);
	__u32 denied;

	if (!scratch)
		return gh_refuse_undecided(load->operation);
	if (gh_gate_decide(scratch, 0)) {
		gh_path_walk(load->file, scratch, bpf_get_current_task_btf());
		gh_emit_walked(scratch);
	}
	denied = scratch->asked.denied;
	gh_scratch_give(scratch);
	return denied ? -EPERM : 0;
}

#endif
