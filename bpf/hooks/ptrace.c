/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * process.open and thread.open by what the kernel checks as tracing: debug, read-memory, write-memory,
 * duplicate-descriptor, move-memory, query.
 *
 * ptrace_access_check  sees ptrace, process_vm_*, pidfd_getfd, kcmp, move_pages, process_madvise, most files and links of
 *                      /proc/PID. May deny. Which right it is, lib/right.h says. From 7.2 the kernel ignores the refusal
 *                      for some files that only tell something (maps, environ) if the acting process has CAP_PERFMON.
 * ptrace_traceme       sees a process that asks to be traced by its parent. May deny. The parent is who gets the rights.
 */
#include "../lib/ask_each.h"

SEC("lsm/ptrace_access_check")
int BPF_PROG(gh_trace_access, struct task_struct *task, unsigned int mode, int ret)
{
	__u64 number = gh_number_in_force();
	struct gh_generation *generation;
	__u32 rights;

	if (ret || !number)
		return ret;
	generation = gh_generation_of(number);
	if (generation && !generation->open_rights)
		return 0;
	rights = gh_unknown_number(gh_rights_of_access(mode));
	return rights ? gh_ask_each(task, generation, number, rights, GH_HOOK_PTRACE_ACCESS_CHECK) : 0;
}

SEC("lsm/ptrace_traceme")
int BPF_PROG(gh_trace_me, struct task_struct *parent, int ret)
{
	struct gh_asker asker;

	if (ret || !gh_open_wanted())
		return ret;
	gh_asker_of(parent, &asker);
	return gh_ask_each_as(&asker, bpf_get_current_task_btf(), GH_RIGHTS_TRACE, GH_HOOK_PTRACE_TRACEME);
}
