/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The mechanism's floor: an empty program on each hook that Gatehouse uses, of the same kind (sleepable or not). What
 * Gatehouse costs beyond this is what Gatehouse does. FloorTests compares the list with bpf/hooks.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define EMPTY(section, name)                                                                                           \
	SEC(section) int floor_##name(void *context)                                                                   \
	{                                                                                                              \
		return 0;                                                                                              \
	}

EMPTY("lsm/file_open", file_open)
EMPTY("lsm/file_permission", file_permission)
EMPTY("lsm/inode_setattr", inode_setattr)
EMPTY("fexit/vfs_rename", vfs_rename)
EMPTY("lsm/inode_follow_link", follow_link)
EMPTY("lsm/sb_delete", sb_delete)
EMPTY("lsm/sb_mount", sb_mount)
EMPTY("lsm/move_mount", move_mount)
EMPTY("lsm/sb_umount", sb_umount)
EMPTY("lsm/sb_pivotroot", sb_pivotroot)
EMPTY("lsm.s/bprm_check_security", bprm_check)
EMPTY("lsm.s/bprm_creds_for_exec", bprm_for_exec)
EMPTY("lsm.s/bprm_creds_from_file", bprm_creds)
EMPTY("lsm.s/bprm_committed_creds", bprm_committed)
EMPTY("lsm.s/mmap_file", mmap_file)
EMPTY("lsm/mmap_file", mmap_memory)
EMPTY("lsm/file_mprotect", file_mprotect)
EMPTY("lsm/inode_init_security_anon", init_anon)
EMPTY("tp_btf/sched_process_exec", process_exec)
EMPTY("lsm.s/kernel_read_file", read_file)
EMPTY("lsm/kernel_load_data", load_data)
EMPTY("lsm/kernel_post_load_data", post_load_data)
EMPTY("lsm.s/bpf", bpf_call)
EMPTY("lsm/task_alloc", task_alloc)
EMPTY("lsm/task_free", task_free)
EMPTY("lsm/task_fix_setuid", fix_setuid)
EMPTY("lsm/task_fix_setgid", fix_setgid)
EMPTY("lsm/task_fix_setgroups", fix_setgroups)
EMPTY("lsm/capset", capset)
EMPTY("lsm/userns_create", userns_create)
EMPTY("lsm/ptrace_access_check", ptrace_access)
EMPTY("lsm/ptrace_traceme", ptrace_traceme)
EMPTY("lsm/task_setnice", task_setnice)
EMPTY("lsm/task_setioprio", task_setioprio)
EMPTY("lsm/task_setscheduler", task_setsched)
EMPTY("lsm/task_setrlimit", task_setrlimit)
EMPTY("lsm/task_movememory", task_movememory)
EMPTY("lsm/task_getpgid", task_getpgid)
EMPTY("lsm/task_getsid", task_getsid)
EMPTY("lsm/task_getscheduler", task_getsched)
EMPTY("lsm/task_getioprio", task_getioprio)
EMPTY("lsm/task_kill", task_kill)
EMPTY("lsm/file_set_fowner", set_fowner)
EMPTY("lsm/file_send_sigiotask", sigiotask)
EMPTY("tp_btf/sched_process_fork", process_fork)
EMPTY("fentry/taskstats_exit", taskstats_exit)
EMPTY("fentry/do_brk_flags", brk_flags)

char LICENSE[] SEC("license") = "Dual BSD/GPL";
