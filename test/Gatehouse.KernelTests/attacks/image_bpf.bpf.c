/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A BPF program that loads another one: bpf(2) with the kernel as its caller. Nothing of it is attached to anything. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct content {
	struct bpf_insn instructions[2];
	char license[8];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct content);
} gh_content SEC(".maps");

SEC("syscall")
int load(void *context)
{
	__u32 key = 0;
	struct content *content = bpf_map_lookup_elem(&gh_content, &key);
	union bpf_attr attributes;

	if (!content)
		return -2;
	content->instructions[0] = (struct bpf_insn){.code = BPF_ALU64 | BPF_MOV | BPF_K};
	content->instructions[1] = (struct bpf_insn){.code = BPF_JMP | BPF_EXIT};
	__builtin_memcpy(content->license, "GPL", 4);
	__builtin_memset(&attributes, 0, sizeof(attributes));
	attributes.prog_type = BPF_PROG_TYPE_SOCKET_FILTER;
	attributes.insn_cnt = 2;
	attributes.insns = (__u64)content->instructions;
	attributes.license = (__u64)content->license;
	return bpf_sys_bpf(BPF_PROG_LOAD, &attributes, sizeof(attributes));
}

char gh_license[] SEC("license") = "Dual BSD/GPL";
