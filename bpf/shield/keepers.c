/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Who keeps: the agent, known by its program when it is started, for as long as nothing foreign is in it. Its threads are it, its children
 * are not.
 *
 * bprm_check_security  an exec of the agent's program begins. Denies nothing.
 * sched_process_exec   (a tracepoint) the new program is in place and has not run yet. It is the agent if it was started on the host, by
 *                      root, in the host's namespaces (mount, pid, user, time) and root directory, nobody traces it or answers its
 *                      system calls, and each variable of its environment is one of a few that bring no code into it.
 * mmap_file, file_mprotect  (content.c) code of files that are not guarded. May deny: the agent has none, from its loader on.
 * ptrace_access_check  reaching into it. May deny.
 *
 * Who cannot be recognised is no keeper: closed.
 */
#include <bpf/bpf_tracing.h>
#include "guard.h"

/* A longer environment is not looked through, and makes no keeper. */
#define GS_ENVIRONMENT 4096
/* The longest that is compared as a whole, with its end. */
#define GS_VARIABLE 32

struct gs_environment {
	char text[GS_ENVIRONMENT + GS_VARIABLE];
	__u32 foreign;
	__u32 undiagnosed; /* says that the runtime opens no port by which others bring code into it */
};

/* One a CPU: tracepoints are not preempted. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct gs_environment);
} gs_environments SEC(".maps");

struct seccomp___mode {
	int mode;
} __attribute__((preserve_access_index));

struct task_struct___keeper {
	unsigned int ptrace;
	struct seccomp___mode seccomp;
} __attribute__((preserve_access_index));

struct mm_struct___environment {
	unsigned long env_start;
	unsigned long env_end;
} __attribute__((preserve_access_index));

/* First letters as numbers: "PATH=", "NOTIFY_S", "JOURNAL_", "INVOCATI", "WATCHDOG", "GATEHOUS". */
static __always_inline int gs_is_harmless(__u64 begin)
{
	return (begin & 0xffffffffff) == 0x3d48544150 || begin == 0x535f594649544f4e || begin == 0x5f4c414e52554f4a ||
	       begin == 0x495441434f564e49 || begin == 0x474f444843544157 || begin == 0x53554f4845544147;
}

static __always_inline int gs_is_undiagnosed(const char *text)
{
	const char *variable = "DOTNET_EnableDiagnostics=0";

	for (int i = 0; i < GS_VARIABLE; i++) {
		if (text[i] != variable[i])
			return 0;
		if (!text[i])
			return 1;
	}
	return 0;
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
	if (gs_is_undiagnosed(&environment->text[step]))
		environment->undiagnosed = 1;
	else if (!gs_is_harmless(begin))
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
	__builtin_memset(environment->text + GS_ENVIRONMENT, 0, GS_VARIABLE);
	environment->foreign = 0;
	environment->undiagnosed = 0;
	if (bpf_probe_read_user(environment->text, length & (2 * GS_ENVIRONMENT - 1), (void *)start))
		return 0;
	bpf_loop(length, gs_look_at, 0, 0);
	return environment->undiagnosed && !environment->foreign;
}

struct user_namespace___level {
	int level; /* 0: the first */
} __attribute__((preserve_access_index));

struct time_namespace {
	struct ns_common ns;
} __attribute__((preserve_access_index));

struct nsproxy___time {
	struct time_namespace *time_ns;
} __attribute__((preserve_access_index));

/* include/linux/proc_ns.h: the number of the first one, always. */
#define GS_FIRST_TIME_NAMESPACE 0xeffffffau

/* In another one the clock that tickets are measured by says something else. */
static __always_inline int gs_has_hosts_clock(struct task_struct *task)
{
	struct nsproxy___time *proxy = (void *)BPF_CORE_READ(task, nsproxy);

	return !bpf_core_field_exists(proxy->time_ns) ||
	       BPF_CORE_READ(proxy, time_ns, ns.inum) == GS_FIRST_TIME_NAMESPACE;
}

static __always_inline int gs_is_hosts_root(struct task_struct *task)
{
	struct user_namespace___level *users = (void *)BPF_CORE_READ(task, cred, user_ns);

	return !BPF_CORE_READ(task, cred, euid.val) && !BPF_CORE_READ(users, level);
}

static __always_inline int gs_is_on_host(struct task_struct *task)
{
	return BPF_CORE_READ(task, nsproxy, mnt_ns, ns.inum) == gs_shield.host_mount_namespace &&
	       !BPF_CORE_READ(task, thread_pid, level) && gs_is_hosts_root(task) && gs_has_hosts_clock(task) &&
	       gs_guard_of_inode(BPF_CORE_READ(task, fs, root.dentry, d_inode)) & GH_GUARD_ROOT;
}

static __always_inline int gs_is_agents(struct file *program)
{
	struct inode *inode = BPF_CORE_READ(program, f_inode);

	return gs_is_concerned(BPF_CORE_READ(inode, i_sb)) && gs_guard_of_inode(inode) & GH_GUARD_KEEPER;
}

/* On the executing thread: it will be the first of the new program. */
SEC("lsm/bprm_check_security")
int BPF_PROG(gs_prepare, struct linux_binprm *bprm)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct gs_keeper *keeper;

	if (!gs_is_agents(bprm->file)) {
		bpf_task_storage_delete(&gs_keepers, task);
		return 0;
	}
	keeper = bpf_task_storage_get(&gs_keepers, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (keeper)
		keeper->exec = 0;
	return 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(gs_exec, struct task_struct *task, int old_pid, struct linux_binprm *bprm)
{
	struct task_struct___keeper *state = (void *)task;
	struct gs_keeper *keeper = bpf_task_storage_get(&gs_keepers, task, 0, 0);

	if (!keeper || !gs_is_agents(BPF_CORE_READ(bprm, file)) || state->ptrace ||
	    BPF_CORE_READ(state, seccomp.mode) || !gs_is_on_host(task) || !gs_environment_is_clean(task))
		return 0;
	keeper->exec = task->self_exec_id;
	gs_shield.keeper = task->tgid;
	return 0;
}

static __always_inline int gs_is_agent(struct task_struct *leader)
{
	struct gs_keeper *keeper = bpf_task_storage_get(&gs_keepers, leader, 0, 0);

	return keeper && keeper->exec == leader->self_exec_id;
}

/* Also a child that has the agent's memory, until it executes something. */
SEC("lsm/ptrace_access_check")
int BPF_PROG(gs_trace, struct task_struct *task, unsigned int mode)
{
	struct task_struct *parent = task->real_parent;
	int agents = gs_is_agent(task->group_leader);

	if (!gs_is_sealed() || !(mode & PTRACE_MODE_ATTACH_BIT))
		return 0;
	if (!agents && parent)
		agents = task->mm == parent->mm && gs_is_agent(parent->group_leader);
	return agents ? gs_refuse(GH_DEED_AGENT, task->tgid) : 0;
}
