/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A scheduler for the whole machine that leaves everything to the kernel. In an object of its own: libbpf 1.1 cannot leave
 * out one such structure of an object.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

/* Of the kernel's structure, the members that we set. */
struct sched_ext_ops {
	int (*init)(void);
	char name[128];
};

SEC("struct_ops/start")
int start(void *context)
{
	return 0;
}

SEC(".struct_ops")
struct sched_ext_ops scheduler = {.init = (void *)start, .name = "tamper"};

char gh_license[] SEC("license") = "Dual BSD/GPL";
