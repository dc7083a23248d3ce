/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * process.open and thread.open by system calls that change how a process runs, or ask it: set-scheduling, set-limits,
 * move-memory, query. All may deny.
 *
 * task_setnice, task_setioprio, task_setscheduler   setpriority, ioprio_set; policy, parameters and processors; the timer
 *                                                   slack. An io_uring worker's processors are its own process's.
 * task_setrlimit                                    prlimit that sets. One that only asks has a hook without the process.
 * task_movememory                                   migrate_pages, move_pages.
 * task_getpgid, _getsid, _getscheduler, _getioprio  what the calls of these names tell, and sched_getaffinity.
 */
#include "../lib/ask.h"
#include "../lib/right.h"

/* Only the long way: nobody does these often, and the verifier would follow the short one in nine programs more. */
static __always_inline int gh_setting(struct task_struct *task, __u32 right, __u32 hook, int ret)
{
	if (ret || !gh_open_concerns(GH_RIGHT_BIT_OF(right)) || task->tgid == bpf_get_current_task_btf()->tgid)
		return ret;
	return gh_open_slowly(task, 0, right, 0, hook);
}

SEC("lsm/task_setnice")
int BPF_PROG(gh_set_nice, struct task_struct *task, int nice, int ret)
{
	return gh_setting(task, GH_RIGHT_SET_SCHEDULING, GH_HOOK_TASK_SETNICE, ret);
}

SEC("lsm/task_setioprio")
int BPF_PROG(gh_set_ioprio, struct task_struct *task, int priority, int ret)
{
	return gh_setting(task, GH_RIGHT_SET_SCHEDULING, GH_HOOK_TASK_SETIOPRIO, ret);
}

SEC("lsm/task_setscheduler")
int BPF_PROG(gh_set_sched, struct task_struct *task, int ret)
{
	return gh_setting(task, GH_RIGHT_SET_SCHEDULING, GH_HOOK_TASK_SETSCHEDULER, ret);
}

struct rlimit {
	unsigned long rlim_cur;
	unsigned long rlim_max;
} __attribute__((preserve_access_index));

/* The agent proves with this that the hook is called: a limit that nobody sets, refused whoever asks. "gateho", as a number. */
#define GH_CANARY_LIMIT 0x6f6865746167ul

SEC("lsm/task_setrlimit")
int BPF_PROG(gh_set_limit, struct task_struct *task, unsigned int resource, struct rlimit *limit, int ret)
{
	if (!ret && limit->rlim_cur == GH_CANARY_LIMIT) {
		gh_count(GH_COUNTER_CANARY_DENIALS);
		return -EPERM;
	}
	return gh_setting(task, GH_RIGHT_SET_LIMITS, GH_HOOK_TASK_SETRLIMIT, ret);
}

SEC("lsm/task_movememory")
int BPF_PROG(gh_move_memory, struct task_struct *task, int ret)
{
	return gh_setting(task, GH_RIGHT_MOVE_MEMORY, GH_HOOK_TASK_MOVEMEMORY, ret);
}

SEC("lsm/task_getpgid")
int BPF_PROG(gh_get_pgid, struct task_struct *task, int ret)
{
	return gh_setting(task, GH_RIGHT_QUERY, GH_HOOK_TASK_GETTERS, ret);
}

SEC("lsm/task_getsid")
int BPF_PROG(gh_get_sid, struct task_struct *task, int ret)
{
	return gh_setting(task, GH_RIGHT_QUERY, GH_HOOK_TASK_GETTERS, ret);
}

SEC("lsm/task_getscheduler")
int BPF_PROG(gh_get_sched, struct task_struct *task, int ret)
{
	return gh_setting(task, GH_RIGHT_QUERY, GH_HOOK_TASK_GETTERS, ret);
}

SEC("lsm/task_getioprio")
int BPF_PROG(gh_get_ioprio, struct task_struct *task, int ret)
{
	return gh_setting(task, GH_RIGHT_QUERY, GH_HOOK_TASK_GETTERS, ret);
}
