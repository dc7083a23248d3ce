/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Who may change what is guarded: the agent, and members of the groups of clients (their own processes and their updaters), known by their
 * program when it is started, for as long as nothing foreign is in them. Threads are the process. A child of a member is one, too, until it
 * executes something; the agent's are not.
 *
 * bprm_check_security  an exec of such a program begins. Denies nothing.
 * sched_process_exec   (a tracepoint) the new program is in place and has not run yet. It counts if it was started in the host's mount and
 *                      pid namespace and root directory, in no other user namespace, nobody traces it or answers its system calls, and its
 *                      environment brings no code into it. The agent also: by root, in the host's time namespace, with no variable but a few.
 * sched_process_fork   (a tracepoint) a child of a member.
 * mmap_file, file_mprotect  (content.c) code of files that are not guarded. The agent is refused it, a member is none any more.
 * ptrace_access_check  reaching into them. May deny.
 *
 * Who cannot be recognised may change nothing: closed.
 */
#include <bpf/bpf_tracing.h>
#include "guard.h"

/* A longer environment is not looked through, and makes no keeper. */
#define GS_ENVIRONMENT 4096
/* The longest that is compared as a whole, with its end. */
#define GS_VARIABLE 32

struct gs_environment {
	char text[GS_ENVIRONMENT + GS_VARIABLE];
	__u32 foreign; /* a variable that the agent does not know */
	__u32 loading; /* one that brings code into programs */
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

/*
 * Of the dynamic loader, of iconv, of the C library, and of runtimes: "LD_", "GCONV_PA", "GLIBC_TU", "DOTNET_", "CORECLR_", "COMPlus_",
 * "PYTHON", "PERL", "NODE_", "JAVA_", "_JAVA_", "JDK_JAVA", "RUBY", "LUA_", "BASH_ENV", "ENV=", "OPENSSL_".
 */
static __always_inline int gs_is_loading(__u64 begin)
{
	__u32 four = begin;

	return (begin & 0xffffff) == 0x5f444c || begin == 0x41505f564e4f4347 || begin == 0x55545f4342494c47 ||
	       (begin & 0xffffffffffffff) == 0x5f54454e544f44 || begin == 0x5f524c4345524f43 ||
	       begin == 0x5f73756c504d4f43 || (begin & 0xffffffffffff) == 0x4e4f48545950 || four == 0x4c524550 ||
	       (begin & 0xffffffffff) == 0x5f45444f4e || (begin & 0xffffffffff) == 0x5f4156414a ||
	       (begin & 0xffffffffffff) == 0x5f4156414a5f || begin == 0x4156414a5f4b444a || four == 0x59425552 ||
	       four == 0x5f41554c || begin == 0x564e455f48534142 || four == 0x3d564e45 || begin == 0x5f4c53534e45504f;
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
	if (gs_is_undiagnosed(&environment->text[step])) {
		environment->undiagnosed = 1;
		return 0;
	}
	environment->foreign |= !gs_is_harmless(begin);
	environment->loading |= gs_is_loading(begin);
	return 0;
}

#define GS_CLEAN   1 /* enough for the agent */
#define GS_NO_CODE 2 /* enough for a member */

static __noinline int gs_environment_of(struct task_struct *task)
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
	environment->loading = 0;
	environment->undiagnosed = 0;
	if (bpf_probe_read_user(environment->text, length & (2 * GS_ENVIRONMENT - 1), (void *)start))
		return 0;
	bpf_loop(length, gs_look_at, 0, 0);
	return (environment->undiagnosed && !environment->foreign ? GS_CLEAN : 0) |
	       (environment->loading ? 0 : GS_NO_CODE);
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

/* Nobody else's files stand at the names that it knows. */
static __always_inline int gs_is_on_host(struct task_struct *task)
{
	struct user_namespace___level *users = (void *)BPF_CORE_READ(task, cred, user_ns);

	return BPF_CORE_READ(task, nsproxy, mnt_ns, ns.inum) == gs_shield.host_mount_namespace &&
	       !BPF_CORE_READ(task, thread_pid, level) && !BPF_CORE_READ(users, level) &&
	       gs_guard_of_inode(BPF_CORE_READ(task, fs, root.dentry, d_inode)) & GH_GUARD_ROOT;
}

/* What may be changed by who executes a file. */
static __noinline __u64 gs_program_of(struct file *program)
{
	struct inode *inode = BPF_CORE_READ(program, f_inode);
	struct gh_inode_key key = {};
	__u64 *programs;

	if (!gs_is_concerned(BPF_CORE_READ(inode, i_sb)))
		return 0;
	gs_identify(inode, &key);
	programs = bpf_map_lookup_elem(&gs_programs, &key);
	return programs ? *programs : 0;
}

/* On the executing thread: it will be the first of the new program. */
SEC("lsm/bprm_check_security")
int BPF_PROG(gs_prepare, struct linux_binprm *bprm)
{
	struct task_struct *task = bpf_get_current_task_btf();
	__u64 programs = gs_program_of(bprm->file);
	struct gs_keeper *keeper;

	if (!programs) {
		bpf_task_storage_delete(&gs_keepers, task);
		return 0;
	}
	keeper = bpf_task_storage_get(&gs_keepers, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (keeper) {
		keeper->exec = 0;
		keeper->programs = programs;
	}
	return 0;
}

/* 0: a member may be in there. */
static __always_inline __u32 gs_why_stranger(struct task_struct *task, int environment)
{
	struct task_struct___keeper *state = (void *)task;

	if (state->ptrace)
		return GH_STRANGER_TRACED;
	if (BPF_CORE_READ(state, seccomp.mode))
		return GH_STRANGER_FILTERED;
	if (!gs_is_on_host(task))
		return GH_STRANGER_ELSEWHERE;
	return environment & GS_NO_CODE ? 0 : GH_STRANGER_VARIABLES;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(gs_exec, struct task_struct *task, int old_pid, struct linux_binprm *bprm)
{
	struct gs_keeper *keeper = bpf_task_storage_get(&gs_keepers, task, 0, 0);
	__u64 programs;
	int environment;
	__u32 stranger;

	if (!keeper)
		return 0;
	/* Of a script it is the interpreter by now. */
	programs = keeper->programs & gs_program_of(BPF_CORE_READ(bprm, file));
	if (!programs)
		return 0;
	environment = gs_environment_of(task);
	stranger = gs_why_stranger(task, environment);
	if (stranger && programs & GS_GROUPS)
		gs_tell(GH_DEED_STANDING, stranger, programs & GS_GROUPS);
	if (stranger)
		return 0;
	if (!(environment & GS_CLEAN) || BPF_CORE_READ(task, cred, euid.val) || !gs_has_hosts_clock(task))
		programs &= ~(__u64)GH_PROGRAM_OF_AGENT;
	keeper->programs = programs;
	keeper->exec = task->self_exec_id;
	if (programs & GH_PROGRAM_OF_AGENT)
		gs_shield.keeper = task->tgid;
	return 0;
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(gs_fork, struct task_struct *parent, struct task_struct *child)
{
	struct gs_keeper *keeper;
	__u64 programs;

	if (child->pid != child->tgid)
		return 0;
	programs = gs_standing_of(parent->group_leader) & GS_GROUPS;
	if (!programs)
		return 0;
	keeper = bpf_task_storage_get(&gs_keepers, child, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (keeper) {
		keeper->programs = programs;
		keeper->exec = child->self_exec_id;
	}
	return 0;
}

/* Also a child that has the memory of one, until it executes something. */
SEC("lsm/ptrace_access_check")
int BPF_PROG(gs_trace, struct task_struct *task, unsigned int mode)
{
	struct task_struct *parent = task->real_parent;
	__u64 standing;

	if (!gs_is_sealed() || !(mode & PTRACE_MODE_ATTACH_BIT))
		return 0;
	standing = gs_standing_of(task->group_leader);
	if (!standing && parent && task->mm == parent->mm)
		standing = gs_standing_of(parent->group_leader);
	if (standing & GH_PROGRAM_OF_AGENT)
		return gs_refuse(GH_DEED_AGENT, task->tgid);
	return gs_refuse_change(GH_DEED_AGENT, task->tgid, standing & GS_GROUPS);
}
