/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Which right of process.open a signal, or an access that the kernel checks as tracing, uses.
 *
 * The kernel asks one question for very different things ("may it trace?"). What for, only the system call says: its number
 * lies where the entry code saved it. That is trusted only where nothing else can run under the same number: not in a
 * worker of io_uring, not for 32-bit calls (other numbers below 424), not for an unknown number. There, all rights that the question
 * can stand for are asked.
 */
#ifndef GH_LIB_RIGHT_H
#define GH_LIB_RIGHT_H

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include "../abi/source.h"
#include "../kernel/process.h"

/* A set of rights: bit r for right r. */
#define GH_RIGHT_BIT(name)     (1u << GH_RIGHT_##name)
#define GH_RIGHT_BIT_OF(right) (1u << ((right)&31))

/* The x86 numbers of the signals; include/uapi/asm-generic/signal.h. */
enum gh_signal {
	GH_SIGNAL_INT = 2,
	GH_SIGNAL_QUIT = 3,
	GH_SIGNAL_ILL = 4,
	GH_SIGNAL_TRAP = 5,
	GH_SIGNAL_ABRT = 6,
	GH_SIGNAL_BUS = 7,
	GH_SIGNAL_FPE = 8,
	GH_SIGNAL_KILL = 9,
	GH_SIGNAL_SEGV = 11,
	GH_SIGNAL_TERM = 15,
	GH_SIGNAL_CHLD = 17,
	GH_SIGNAL_CONT = 18,
	GH_SIGNAL_STOP = 19,
	GH_SIGNAL_TSTP = 20,
	GH_SIGNAL_TTIN = 21,
	GH_SIGNAL_TTOU = 22,
	GH_SIGNAL_URG = 23,
	GH_SIGNAL_XCPU = 24,
	GH_SIGNAL_XFSZ = 25,
	GH_SIGNAL_WINCH = 28,
	GH_SIGNAL_IO = 29,
	GH_SIGNAL_SYS = 31,
	GH_SIGNAL_REAL_TIME = 32,
	GH_SIGNAL_COUNT = 64,
};

/* Whether the process has said nothing of what the signal does. Not known, because it is ending: yes. */
static __always_inline int gh_signal_is_default(struct task_struct *task, __u32 signal)
{
	struct task_struct___process *process = (void *)task;
	struct sighand_struct *handlers = BPF_CORE_READ(process, sighand);
	void *handler = 0;

	bpf_probe_read_kernel(&handler, sizeof(handler),
			      (void *)handlers + bpf_core_field_offset(struct sighand_struct, action) +
				  (signal - 1) * bpf_core_type_size(struct k_sigaction) +
				  bpf_core_field_offset(struct k_sigaction, sa.sa_handler));
	return !handler;
}

/*
 * The right that a signal uses, as a set of one. What says "end" does so whatever the process makes of it: a handler for TERM is
 * how a program ends in good order. 0: it depends on whether the process handles it.
 */
static const __u32 gh_rights_of_signals[128] = {
    [0] = GH_RIGHT_BIT(QUERY),
    [GH_SIGNAL_INT] = GH_RIGHT_BIT(TERMINATE),
    [GH_SIGNAL_QUIT] = GH_RIGHT_BIT(TERMINATE),
    [GH_SIGNAL_ILL] = GH_RIGHT_BIT(TERMINATE),
    [GH_SIGNAL_TRAP] = GH_RIGHT_BIT(TERMINATE),
    [GH_SIGNAL_ABRT] = GH_RIGHT_BIT(TERMINATE),
    [GH_SIGNAL_BUS] = GH_RIGHT_BIT(TERMINATE),
    [GH_SIGNAL_FPE] = GH_RIGHT_BIT(TERMINATE),
    [GH_SIGNAL_KILL] = GH_RIGHT_BIT(TERMINATE),
    [GH_SIGNAL_SEGV] = GH_RIGHT_BIT(TERMINATE),
    [GH_SIGNAL_TERM] = GH_RIGHT_BIT(TERMINATE),
    [GH_SIGNAL_CHLD] = GH_RIGHT_BIT(SIGNAL),
    [GH_SIGNAL_CONT] = GH_RIGHT_BIT(RESUME),
    [GH_SIGNAL_STOP] = GH_RIGHT_BIT(SUSPEND),
    [GH_SIGNAL_TSTP] = GH_RIGHT_BIT(SUSPEND),
    [GH_SIGNAL_TTIN] = GH_RIGHT_BIT(SUSPEND),
    [GH_SIGNAL_TTOU] = GH_RIGHT_BIT(SUSPEND),
    [GH_SIGNAL_URG] = GH_RIGHT_BIT(SIGNAL),
    [GH_SIGNAL_XCPU] = GH_RIGHT_BIT(TERMINATE),
    [GH_SIGNAL_XFSZ] = GH_RIGHT_BIT(TERMINATE),
    [GH_SIGNAL_WINCH] = GH_RIGHT_BIT(SIGNAL),
    [GH_SIGNAL_SYS] = GH_RIGHT_BIT(TERMINATE),
};

static __noinline __u32 gh_rights_of_handled(struct task_struct *task, __u32 signal)
{
	/* Above the last real-time signal there is none. */
	return signal > GH_SIGNAL_COUNT || gh_signal_is_default(task, signal) ? GH_RIGHT_BIT(TERMINATE)
									      : GH_RIGHT_BIT(SIGNAL);
}

static __always_inline __u32 gh_rights_of_signal(struct task_struct *task, __u32 signal)
{
	__u64 place = signal;
	__u32 rights;

	/* The kernel has refused numbers above 64 before it asks; the verifier does not know. */
	asm volatile("%0 &= 127" : "+r"(place));
	rights = gh_rights_of_signals[place];
	return rights ? rights : gh_rights_of_handled(task, signal);
}

/* Tracing writes memory and registers, and nothing asks again: so it is all of these at once. */
#define GH_RIGHTS_TRACE	     (GH_RIGHT_BIT(DEBUG) | GH_RIGHT_BIT(READ_MEMORY) | GH_RIGHT_BIT(WRITE_MEMORY))
#define GH_RIGHTS_ANY_ATTACH (GH_RIGHTS_TRACE | GH_RIGHT_BIT(DUPLICATE_DESCRIPTOR))
#define GH_RIGHTS_ANY_READ                                                                                             \
	(GH_RIGHT_BIT(QUERY) | GH_RIGHT_BIT(DEBUG) | GH_RIGHT_BIT(MOVE_MEMORY) | GH_RIGHT_BIT(SET_SCHEDULING))

/* 64-bit numbers of arch/x86/entry/syscalls/syscall_64.tbl; those from GH_CALL_COMMON are the same for 32-bit calls. */
enum gh_call {
	GH_CALL_UNKNOWN = -1,
	GH_CALL_OPEN = 2,
	GH_CALL_CREAT = 85,
	GH_CALL_PTRACE = 101,
	GH_CALL_PRCTL = 157,
	GH_CALL_MIGRATE_PAGES = 256,
	GH_CALL_OPENAT = 257,
	GH_CALL_GET_ROBUST_LIST = 274,
	GH_CALL_MOVE_PAGES = 279,
	GH_CALL_PERF_EVENT_OPEN = 298,
	GH_CALL_OPEN_BY_HANDLE = 304,
	GH_CALL_SETNS = 308,
	GH_CALL_PROCESS_VM_READV = 310,
	GH_CALL_PROCESS_VM_WRITEV = 311,
	GH_CALL_KCMP = 312,
	GH_CALL_COMMON = 424,
	GH_CALL_OPENAT2 = 437,
	GH_CALL_PIDFD_GETFD = 438,
	GH_CALL_PROCESS_MADVISE = 440,
};

/*
 * The system call that the acting thread is in. The kernel takes the lower 32 bits of the register for the number and
 * saves all 64, so only those are compared.
 */
static __always_inline int gh_call_number(void)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct task_struct___process *process = (void *)task;
	struct pt_regs___call *registers = (void *)bpf_task_pt_regs(task);

	int number = registers->orig_ax;

	if (process->flags & (PF_IO_WORKER_BIT | PF_KERNEL_THREAD_BIT) ||
	    (number < GH_CALL_COMMON && process->thread_info.status & TASK_STATUS_COMPAT_BIT))
		return GH_CALL_UNKNOWN;
	return number;
}

/* Work of io_uring is done at the end of any system call, under its number. */
static __always_inline int gh_has_ring(void)
{
	struct task_struct___process *process = (void *)bpf_get_current_task_btf();

	return process->io_uring != 0;
}

static __always_inline __u32 gh_rights_of_attach(int call)
{
	switch (call) {
	case GH_CALL_PTRACE:
		return GH_RIGHTS_TRACE;
	case GH_CALL_PROCESS_VM_READV:
		return GH_RIGHT_BIT(READ_MEMORY);
	case GH_CALL_PROCESS_VM_WRITEV:
		return GH_RIGHT_BIT(WRITE_MEMORY);
	case GH_CALL_PIDFD_GETFD:
		return GH_RIGHT_BIT(DUPLICATE_DESCRIPTOR);
	case GH_CALL_PERF_EVENT_OPEN:
		return GH_RIGHT_BIT(DEBUG);
	}
	return GH_RIGHTS_ANY_ATTACH;
}

static __always_inline __u32 gh_rights_of_read(int call)
{
	switch (call) {
	case GH_CALL_KCMP:
	case GH_CALL_GET_ROBUST_LIST:
	case GH_CALL_SETNS:
		return GH_RIGHT_BIT(QUERY);
	case GH_CALL_MIGRATE_PAGES:
	case GH_CALL_MOVE_PAGES:
		return GH_RIGHT_BIT(MOVE_MEMORY);
	case GH_CALL_PRCTL: /* core scheduling */
		return GH_RIGHT_BIT(SET_SCHEDULING);
	case GH_CALL_PERF_EVENT_OPEN:
		return GH_RIGHT_BIT(DEBUG);
	}
	return GH_RIGHTS_ANY_READ;
}

/*
 * With the file system's credentials: nearly always a file of procfs. Of those that demand "attach", `mem` demands it when
 * it is opened, and hooks/procfs.c has decided that open a moment ago, knowing for what; the others (stack, syscall,
 * personality) demand it when they are read. The one system call among them is process_madvise.
 */
static __always_inline __u32 gh_rights_of_file(__u32 mode, int call)
{
	int ring = gh_has_ring();

	if (mode & PTRACE_MODE_ATTACH_BIT) {
		int opens = call == GH_CALL_OPENAT || call == GH_CALL_OPEN || call == GH_CALL_OPENAT2 ||
			    call == GH_CALL_CREAT || call == GH_CALL_OPEN_BY_HANDLE;

		return opens && !ring ? 0 : GH_RIGHT_BIT(READ_MEMORY) | GH_RIGHT_BIT(WRITE_MEMORY);
	}
	if (call != GH_CALL_PROCESS_MADVISE)
		return GH_RIGHT_BIT(QUERY);
	return GH_RIGHT_BIT(MOVE_MEMORY) | (ring ? GH_RIGHT_BIT(QUERY) : 0);
}

/* The rights that an access of this mode uses, as a set. Empty: decided elsewhere. */
static __always_inline __u32 gh_rights_of_access(__u32 mode)
{
	int call = gh_call_number();

	if (mode & PTRACE_MODE_FSCREDS_BIT)
		return gh_rights_of_file(mode, call);
	return mode & PTRACE_MODE_ATTACH_BIT ? gh_rights_of_attach(call) : gh_rights_of_read(call);
}

#endif
