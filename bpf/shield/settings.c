/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Settings of the kernel that switch enforcement off, or end processes past it: by their names in procfs, which are the kernel's, in each
 * mount of it. All may deny, the agent as well: it has no business there.
 *
 * file_open, file_permission  each open and write, also by a descriptor from before the seal.
 * cgroup/sysctl               a second way, which does not need the patches that ftrace_enabled takes away.
 *
 * ftrace_enabled: without it no LSM program is called, while all links stay attached.
 */
#include <bpf/bpf_tracing.h>
#include <linux/bpf.h>
#include "guard.h"

#define MAGIC_PROC 0x9fa0u
#define GS_NAME	   24

#define MAY_WRITE_BIT  0x2
#define MAY_APPEND_BIT 0x8

static __always_inline int gs_same_name(const char *name, const char *other)
{
	for (int i = 0; i < GS_NAME; i++) {
		if (name[i] != other[i])
			return 0;
		if (!other[i])
			return 1;
	}
	return 0;
}

/* kernel/ftrace_enabled, kernel/sysrq, kernel/core_pattern, kernel/modprobe, kernel/hotplug, kernel/poweroff_cmd. */
static __always_inline int gs_is_setting(const char *name)
{
	return gs_same_name(name, "ftrace_enabled") || gs_same_name(name, "sysrq") ||
	       gs_same_name(name, "core_pattern") || gs_same_name(name, "modprobe") || gs_same_name(name, "hotplug") ||
	       gs_same_name(name, "poweroff_cmd");
}

static __noinline int gs_setting(struct file *file)
{
	struct dentry *dentry = BPF_CORE_READ(file, f_path.dentry);
	char name[GS_NAME] = {}, folder[GS_NAME] = {};

	bpf_probe_read_kernel_str(name, GS_NAME, BPF_CORE_READ(dentry, d_name.name));
	if (gs_same_name(name, "sysrq-trigger"))
		return 1;
	bpf_probe_read_kernel_str(folder, GS_NAME, BPF_CORE_READ(dentry, d_parent, d_name.name));
	return gs_same_name(folder, "kernel") && gs_is_setting(name);
}

SEC("lsm/file_open")
int BPF_PROG(gs_open_setting, struct file *file)
{
	if (!gs_is_sealed() || file->f_inode->i_sb->s_magic != MAGIC_PROC || !(file->f_mode & FMODE_WRITE_BIT))
		return 0;
	return gs_setting(file) ? gs_refuse_all(GH_DEED_SETTING, 0) : 0;
}

SEC("lsm/file_permission")
int BPF_PROG(gs_use_setting, struct file *file, int mask)
{
	if (!(mask & (MAY_WRITE_BIT | MAY_APPEND_BIT)) || !gs_is_sealed() || file->f_inode->i_sb->s_magic != MAGIC_PROC)
		return 0;
	return gs_setting(file) ? gs_refuse_all(GH_DEED_SETTING, 0) : 0;
}

/* 1: it may be written. */
SEC("cgroup/sysctl")
int gs_sysctl(struct bpf_sysctl *setting)
{
	char name[64] = {};

	if (!setting->write || !gs_is_sealed())
		return 1;
	/* Longer than the longest that is guarded: not one of them. */
	if (bpf_sysctl_get_name(setting, name, sizeof(name), 0) < 0)
		return 1;
	if (name[0] != 'k' || name[6] != '/' || !gs_is_setting(name + 7))
		return 1;
	return 0;
}
