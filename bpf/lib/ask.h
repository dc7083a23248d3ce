/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Stands for the engine until it is merged: grants everything. */
#ifndef GH_LIB_ASK_H
#define GH_LIB_ASK_H

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include "../abi/event.h"
#include "../abi/operation.h"
#include "../abi/source.h"
#include "../kernel/task.h"

#ifndef EPERM
#define EPERM 1
#endif

static __noinline int gh_ask_open(struct task_struct *target, __u32 right, __u32 signal, __u32 hook)
{
	return 0;
}

static __noinline int gh_ask_open_untrusted(__u32 tgid, __u32 tid, __u64 start, __u32 right, __u32 hook)
{
	return 0;
}

static __always_inline int gh_ask_open_as(__u32 subject_tgid, __u64 subject_start, struct task_struct *target,
					  __u32 right, __u32 signal, __u32 hook)
{
	return 0;
}

static __noinline int gh_ask_operation(struct gh_request *request, __u32 operation, __u32 hook)
{
	return 0;
}

static __noinline int gh_ask_exec_gain(struct linux_binprm *bprm, struct file *file)
{
	return 0;
}

static __always_inline int gh_refuse_subject_unknown(void)
{
	return -EPERM;
}

static __always_inline int gh_refuse_undecided(void)
{
	return -EPERM;
}

static __always_inline int gh_open_wanted(void)
{
	return 1;
}

#endif
