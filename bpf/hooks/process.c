/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * process.create, thread.create and process.exit: what begins and what ends.
 *
 * task_alloc          sees each fork, vfork, clone and thread, also the threads that the kernel makes for io_uring, before
 *                     the new task can run. May deny: the call fails with EPERM. The kernel's own threads are not asked.
 * taskstats_exit      (a function) sees the end of each thread, says whether it is the process's last, and comes while the
 *                     process still has its memory, and so a name. Denies nothing: nothing could.
 * sched_process_exit  (a tracepoint) the same on kernels without task statistics; the process has no name any more.
 */
#include "../kernel/process.h"
#include "../lib/ask_alone.h"
#include "../maps/process.h"

/* Not inlined: the request is made only where a rule asks. */
static __noinline int gh_process_ask_new(__u32 flags, __u64 clone_flags, __u32 operation)
{
	struct gh_request request = {.bits = clone_flags};

	if (flags & PF_IO_WORKER_BIT)
		request.flags = GH_OPERATION_FLAG_IO_WORKER;
	return gh_ask_operation(&request, operation, GH_HOOK_TASK_ALLOC);
}

SEC("lsm/task_alloc")
int BPF_PROG(gh_process_new, struct task_struct *task, unsigned long clone_flags, int ret)
{
	__u32 operation = clone_flags & CLONE_THREAD_BIT ? GH_OPERATION_THREAD_CREATE : GH_OPERATION_PROCESS_CREATE;

	if (ret || !gh_operation_wanted(operation) || task->flags & PF_KERNEL_THREAD_BIT)
		return ret;
	return gh_process_ask_new(task->flags, clone_flags, operation);
}

/*
 * Whether this is the end of the process, said once. The count of threads has been lowered before the tracepoint on all
 * kernels, so of two threads that end at the same time both can find it 0.
 */
static __always_inline int gh_is_last(struct task_struct___process *process, const struct gh_who *who)
{
	__u32 one = 1;

	return !BPF_CORE_READ(process, signal, live.counter) && !bpf_map_update_elem(&gh_ended, who, &one, BPF_NOEXIST);
}

/* What wait() will say: the group's code if something ended all of it, else the first thread's own. */
static __always_inline void gh_process_ended(struct task_struct *task)
{
	struct task_struct *leader = BPF_CORE_READ(task, group_leader);
	struct task_struct___process *process = (void *)task;
	struct gh_request request = {};
	__u32 code;

	if (BPF_CORE_READ(process, signal, flags) & SIGNAL_GROUP_EXIT_BIT)
		code = BPF_CORE_READ(process, signal, group_exit_code);
	else
		code = BPF_CORE_READ((struct task_struct___process *)leader, exit_code);
	request.exit_status = code >> 8 & 0xff;
	request.exit_signal = code & 0x7f;
	request.run_nanoseconds = bpf_ktime_get_boot_ns() - BPF_CORE_READ(leader, start_boottime);
	gh_ask_operation(&request, GH_OPERATION_PROCESS_EXIT, GH_HOOK_SCHED_PROCESS_EXIT);
}

SEC("fentry/taskstats_exit")
int BPF_PROG(gh_process_end, struct task_struct *task, int group_dead)
{
	if (group_dead && !(task->flags & PF_KERNEL_THREAD_BIT) && gh_operation_wanted(GH_OPERATION_PROCESS_EXIT))
		gh_process_ended(task);
	return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(gh_process_late, struct task_struct *task)
{
	struct task_struct___process *process = (void *)task;
	struct gh_who who = {
	    .pid = BPF_CORE_READ(task, tgid),
	    .start_nanoseconds = BPF_CORE_READ(task, group_leader, start_boottime),
	};

	if (!(BPF_CORE_READ(process, flags) & PF_KERNEL_THREAD_BIT) && gh_is_last(process, &who))
		gh_process_ended(task);
	return 0;
}
