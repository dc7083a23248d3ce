/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Who keeps: the agent, known by its program when it is started, and its threads.
 *
 * sched_process_exec  (a tracepoint) a new program is in place and has not run yet. If it is the agent's, nobody traces it, and its
 *                     environment has nothing that brings foreign code into it, it is a keeper.
 * task_alloc          a thread of a keeper is one; a process is not.
 *
 * Who cannot be recognised is no keeper: closed.
 */
#include <bpf/bpf_tracing.h>
#include "guard.h"

#define CLONE_THREAD_BIT 0x10000ul
/* A longer environment is not looked through, and makes no keeper. */
#define GS_ENVIRONMENT 4096

struct gs_environment {
	char text[GS_ENVIRONMENT + 8];
	__u32 foreign;
};

/* One a CPU: tracepoints are not preempted. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct gs_environment);
} gs_environments SEC(".maps");

struct task_struct___keeper {
	unsigned int ptrace;
	__u64 self_exec_id;
} __attribute__((preserve_access_index));

struct mm_struct___environment {
	unsigned long env_start;
	unsigned long env_end;
} __attribute__((preserve_access_index));

/* First letters as numbers: "LD_", "DOTNET_", "CORECLR_", "COMPlus_", "GLIBC_TU". */
static __always_inline int gs_brings_code(__u64 begin)
{
	return (begin & 0xffffff) == 0x5f444c || (begin & 0xffffffffffffff) == 0x5f54454e544f44 ||
	       begin == 0x5f524c4345524f43 || begin == 0x5f73756c504d4f43 || begin == 0x55545f4342494c47;
}

/* Reads nothing from its caller's stack: decision 9. */
static long gs_look_at(__u32 step, void *nothing)
{
	__u32 zero = 0;
	struct gs_environment *environment = bpf_map_lookup_elem(&gs_environments, &zero);
	__u64 begin;

	if (!environment || step >= GS_ENVIRONMENT)
		return 1;
	if (step && environment->text[(step - 1) & (GS_ENVIRONMENT - 1)])
		return 0;
	__builtin_memcpy(&begin, &environment->text[step], sizeof(begin));
	if (gs_brings_code(begin))
		environment->foreign = 1;
	return 0;
}

static __noinline int gs_environment_is_clean(struct task_struct *task)
{
	struct mm_struct___environment *memory = (void *)task->mm;
	unsigned long start = BPF_CORE_READ(memory, env_start), length = BPF_CORE_READ(memory, env_end) - start;
	struct gs_environment *environment;
	__u32 zero = 0;

	environment = bpf_map_lookup_elem(&gs_environments, &zero);
	if (!environment || length > GS_ENVIRONMENT)
		return 0;
	__builtin_memset(environment->text + GS_ENVIRONMENT, 0, 8);
	environment->foreign = 0;
	if (bpf_probe_read_user(environment->text, length & (2 * GS_ENVIRONMENT - 1), (void *)start))
		return 0;
	bpf_loop(length, gs_look_at, 0, 0);
	return !environment->foreign;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(gs_exec, struct task_struct *task, int old_pid, struct linux_binprm *bprm)
{
	struct task_struct___keeper *state = (void *)task;
	struct gh_inode_key key = {};
	struct gs_keeper *keeper;

	if (!gs_shield.keeper.inode)
		return 0;
	gs_identify(BPF_CORE_READ(bprm, file, f_inode), &key);
	if (key.inode != gs_shield.keeper.inode || key.device != gs_shield.keeper.device ||
	    key.generation != gs_shield.keeper.generation || state->ptrace || !gs_environment_is_clean(task))
		return 0;
	keeper = bpf_task_storage_get(&gs_keepers, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (keeper)
		keeper->exec = state->self_exec_id;
	return 0;
}

SEC("lsm/task_alloc")
int BPF_PROG(gs_thread, struct task_struct *task, unsigned long flags)
{
	struct task_struct___keeper *state = (void *)bpf_get_current_task_btf();
	struct gs_keeper *keeper;

	if (!(flags & CLONE_THREAD_BIT) || !gs_is_keeper())
		return 0;
	keeper = bpf_task_storage_get(&gs_keepers, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (keeper)
		keeper->exec = state->self_exec_id;
	return 0;
}
