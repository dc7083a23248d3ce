/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Programs by which root acts on a process, or on another program: each does so only to the process `who` of `target`.
 * Loaded one at a time by tamper_program.c.
 */
#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>

typedef unsigned long long u64;

enum { REFUSED = -1, SIGNAL = 10, MEM_MAJOR = 1, ZERO_MINOR = 5 };

/* Written by the loader. */
const volatile struct {
	u64 address;
	__u32 who;
} target = {};

static __always_inline int is_target(void)
{
	return bpf_get_current_pid_tgid() >> 32 == target.who;
}

static __always_inline int strike(void)
{
	if (is_target())
		bpf_send_signal(SIGNAL);
	return 0;
}

/* What is replaced, and what replaces it. */
__attribute__((noinline)) int answer(__u32 a, __u32 b)
{
	asm volatile("");
	return a + b;
}

SEC("socket")
int asker(void *context)
{
	return answer(1, 2) == 3 ? 3 : 100;
}

SEC("freplace/answer")
int replacement(__u32 a, __u32 b)
{
	return 7;
}

__u32 seen;

/* Runs whenever the other program does. */
SEC("fentry/asker")
int watcher(void *context)
{
	seen++;
	return 0;
}

/* The target's own acts are refused. */
SEC("fmod_ret/security_task_kill")
int modifier(u64 *context)
{
	return is_target() ? REFUSED : 0;
}

SEC("lsm/task_kill")
int refuser(u64 *context)
{
	return is_target() ? REFUSED : 0;
}

/* Signals without kill(2). */
SEC("fentry/__x64_sys_getpgid")
int by_fentry(u64 *context)
{
	return strike();
}

SEC("fexit/__x64_sys_getpgid")
int by_fexit(u64 *context)
{
	return strike();
}

SEC("fentry/bpf_lsm_task_getpgid")
int by_fentry_lsm(u64 *context)
{
	return strike();
}

SEC("kprobe/__x64_sys_getpgid")
int by_kprobe(void *context)
{
	return strike();
}

SEC("kretprobe/__x64_sys_getpgid")
int by_kretprobe(void *context)
{
	return strike();
}

SEC("kprobe.multi/__x64_sys_getpgid")
int by_kprobe_multi(void *context)
{
	return strike();
}

SEC("raw_tp/sys_enter")
int by_raw_tracepoint(void *context)
{
	return strike();
}

SEC("tp_btf/sys_enter")
int by_typed_tracepoint(u64 *context)
{
	return strike();
}

SEC("tp/syscalls/sys_enter_getpgid")
int by_tracepoint(void *context)
{
	return strike();
}

SEC("perf_event")
int by_perf_event(void *context)
{
	return strike();
}

SEC("uprobe")
int by_uprobe(void *context)
{
	return strike();
}

/* Writes to the target's memory. */
SEC("kprobe/__x64_sys_getpgid")
int writer(void *context)
{
	__u32 value = 1;

	if (is_target())
		bpf_probe_write_user((void *)target.address, &value, sizeof(value));
	return 0;
}

/* Nobody may write to settings; nobody may use /dev/zero. */
SEC("cgroup/sysctl")
int by_sysctl(struct bpf_sysctl *context)
{
	return !context->write;
}

SEC("cgroup/dev")
int by_device(struct bpf_cgroup_dev_ctx *context)
{
	return context->major != MEM_MAJOR || context->minor != ZERO_MINOR;
}

char gh_license[] SEC("license") = "Dual BSD/GPL";
