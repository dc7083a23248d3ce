/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Programs of type EXT: each replaces a global function of another program by one that finds nothing to refuse. And programs
 * whose functions have the same shapes, to see which shape can be replaced at all. Loaded by replace.c.
 */
#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>

/* Ours are compared by name. */
struct gh_asker {
	__u64 words[7];
};

__attribute__((noinline)) int by_number(__u32 a, __u32 b)
{
	asm volatile("");
	return a + b;
}

__attribute__((noinline)) int by_structure(const struct gh_asker *asker, __u32 b)
{
	return asker ? asker->words[0] + b : 0;
}

__attribute__((noinline)) int by_pointer(const __u32 *a, __u32 b)
{
	return a ? *a + b : 0;
}

SEC("lsm/task_getsid")
int example(void *context)
{
	struct gh_asker asker = {};
	__u32 a = 1;

	/* Never loaded into a hook; the calls are there to be replaced. */
	return by_number(1, 2) + by_structure(&asker, 1) + by_pointer(&a, 1) > 1000 ? -1 : 0;
}

SEC("freplace/by_number")
int replace_by_number(__u32 a, __u32 b)
{
	return 0;
}

SEC("freplace/by_structure")
int replace_by_structure(const struct gh_asker *asker, __u32 b)
{
	return 0;
}

SEC("freplace/by_pointer")
int replace_by_pointer(const __u32 *a, __u32 b)
{
	return 0;
}

/* A program itself, which has the hook's context for its argument. */
SEC("freplace/gh_signal_send")
int replace_gh_signal_send(unsigned long long *context)
{
	return 0;
}

SEC("freplace/gh_image_bprm")
int replace_gh_image_bprm(unsigned long long *context)
{
	return 0;
}

SEC("freplace/gh_open_refused")
int replace_gh_open_refused(const __u64 *whom, const struct gh_asker *asker, __u32 right, __u32 signal, __u32 hook)
{
	return 0;
}

SEC("freplace/gh_process_class_find")
int replace_gh_process_class_find(const __u32 *slot, __u64 whom, __u64 number)
{
	return 0;
}

SEC("freplace/gh_gate_verdict")
int replace_gh_gate_verdict(const __u32 *slot, __u32 index)
{
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
