/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * image.load of what the kernel loads into itself: modules, images for kexec, firmware, BPF programs.
 *
 * kernel_read_file       sees the file of finit_module (compressed or not), kexec_file_load and the firmware loader, before the
 *                        kernel reads it and while nobody can open it for writing. May deny. Sleepable.
 * kernel_load_data       sees kexec_load, whose memory the kernel does not show. May deny.
 * kernel_post_load_data  sees the memory of init_module, and firmware that user space supplied, before it is used. May deny. Cannot
 *                        sleep, so the hash is computed here (lib/sha256.h).
 * bpf                    sees each program that is loaded, by its type. May deny. A BPF program is no file: which process loads it
 *                        is what it is decided by.
 */
#include "../kernel/load.h"
#include "../lib/loadmem.h"

#define gh_is_id(id, type, name)                                                                                       \
	(bpf_core_enum_value_exists(enum type, name) && (id) == bpf_core_enum_value(enum type, name))

static __always_inline __u32 gh_kind_of_reading(__u32 id)
{
	if (gh_is_id(id, kernel_read_file_id, READING_MODULE) ||
	    gh_is_id(id, kernel_read_file_id, READING_MODULE_COMPRESSED))
		return GH_IMAGE_KIND_MODULE;
	if (gh_is_id(id, kernel_read_file_id, READING_KEXEC_IMAGE) ||
	    gh_is_id(id, kernel_read_file_id, READING_KEXEC_INITRAMFS))
		return GH_IMAGE_KIND_KEXEC_IMAGE;
	if (gh_is_id(id, kernel_read_file_id, READING_FIRMWARE))
		return GH_IMAGE_KIND_FIRMWARE;
	return GH_IMAGE_KIND_NONE;
}

static __always_inline __u32 gh_kind_of_loading(__u32 id)
{
	if (gh_is_id(id, kernel_load_data_id, LOADING_MODULE) ||
	    gh_is_id(id, kernel_load_data_id, LOADING_MODULE_COMPRESSED))
		return GH_IMAGE_KIND_MODULE;
	if (gh_is_id(id, kernel_load_data_id, LOADING_KEXEC_IMAGE) ||
	    gh_is_id(id, kernel_load_data_id, LOADING_KEXEC_INITRAMFS))
		return GH_IMAGE_KIND_KEXEC_IMAGE;
	if (gh_is_id(id, kernel_load_data_id, LOADING_FIRMWARE))
		return GH_IMAGE_KIND_FIRMWARE;
	return GH_IMAGE_KIND_NONE;
}

SEC("lsm.s/kernel_read_file")
int BPF_PROG(gh_image_read, struct file *file, __u32 id, _Bool contents, int ret)
{
	struct gh_load load = {
	    .file = file,
	    .operation = GH_OPERATION_IMAGE_LOAD_KERNEL,
	    .count = 1,
	    .hook = GH_HOOK_KERNEL_READ_FILE,
	};

	load.kind = gh_unknown_number(gh_kind_of_reading(id));
	if (ret || !file || !gh_unknown_pointer(file) || load.kind == GH_IMAGE_KIND_NONE || gh_load_is_settled(&load))
		return ret;
	return gh_load_decide(&load);
}

SEC("lsm/kernel_load_data")
int BPF_PROG(gh_image_data, __u32 id, _Bool contents, int ret)
{
	struct gh_memory memory = {
	    .operation = GH_OPERATION_IMAGE_LOAD_KERNEL,
	    .hook = GH_HOOK_KERNEL_LOAD_DATA,
	};

	memory.kind = gh_unknown_number(gh_kind_of_loading(id));
	/* With contents the next hook sees them. */
	if (ret || contents || memory.kind == GH_IMAGE_KIND_NONE)
		return ret;
	return gh_memory_decide(&memory) ? -EPERM : 0;
}

SEC("lsm/kernel_post_load_data")
int BPF_PROG(gh_image_loaded, char *buffer, __s64 size, __u32 id, char *description, int ret)
{
	struct gh_memory memory = {
	    .address = gh_unknown_pointer(buffer),
	    .size = size,
	    .operation = GH_OPERATION_IMAGE_LOAD_KERNEL,
	    .hook = GH_HOOK_KERNEL_POST_LOAD_DATA,
	};

	memory.kind = gh_unknown_number(gh_kind_of_loading(id));
	if (ret || memory.kind == GH_IMAGE_KIND_NONE)
		return ret;
	return gh_memory_decide(&memory) ? -EPERM : 0;
}

/* Of loading a program; the kernel's copy. */
union bpf_attr___load {
	__u32 prog_type;
	char prog_name[16];
} __attribute__((preserve_access_index));

/* Refused whatever the policy says: the agent proves with it that the hook is called. "gh_canary" is nobody else's name. */
static __always_inline int gh_is_canary_program(union bpf_attr___load *attributes)
{
	__u64 name[2] = {};

	if (bpf_core_read(&name, sizeof(name), &attributes->prog_name))
		return 0;
	return name[0] == 0x72616e61635f6867ull && name[1] == 'y';
}

SEC("lsm.s/bpf")
int BPF_PROG(gh_image_bpf, int command, union bpf_attr___load *attributes, unsigned int size)
{
	struct gh_memory memory = {
	    .operation = GH_OPERATION_IMAGE_LOAD_PROGRAM,
	    .kind = GH_IMAGE_KIND_BPF_PROGRAM,
	    .hook = GH_HOOK_BPF,
	};

	/* A program that refuses ends the call at once, so there is no refusal of another to hand on. */
	if (command != BPF_PROG_LOAD)
		return 0;
	if (gh_is_canary_program(attributes)) {
		gh_count(GH_COUNTER_CANARY_DENIALS);
		return -EPERM;
	}
	bpf_core_read(&memory.program_type, sizeof(memory.program_type), &attributes->prog_type);
	return gh_memory_decide(&memory) ? -EPERM : 0;
}
