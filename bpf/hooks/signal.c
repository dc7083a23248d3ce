/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * process.open and thread.open by signals: query (0), terminate, suspend, resume, signal.
 *
 * task_kill            sees each signal that a process sends to another process or thread. May deny. Does not see those of
 *                      the kernel itself: of a terminal, a timer, the OOM killer, cgroup.kill (hooks/procfs.c), sysrq.
 * file_set_fowner      sees who chooses the receiver of a file's signals. Denies nothing, remembers who it was.
 * file_send_sigiotask  sees each such signal when it is sent, by whatever happens to run. May deny, which nobody is told;
 *                      the question is whether the one who chose the receiver may send it.
 */
#include "../lib/ask.h"
#include "../lib/right.h"
#include "../lib/unknown.h"
#include "../maps/process.h"

SEC("lsm/task_kill")
int BPF_PROG(gh_signal_send, struct task_struct *task, void *info, int signal, const struct cred *cred, int ret)
{
	__u64 number = gh_number_in_force();
	struct gh_generation *generation;
	__u32 rights;

	if (ret || !number)
		return ret;
	generation = gh_generation_of(number);
	if (generation && !generation->open_rights)
		return 0;
	rights = gh_rights_of_signal(task, signal);
	/* The signal of a USB request, sent when it completes: the acting task has nothing to do with it. */
	if (gh_unknown_pointer(cred))
		return gh_open_concerns(rights) ? gh_refuse_subject_unknown() : 0;
	if (gh_open_goes_on(task, generation, number, rights, signal))
		return 0;
	return gh_open_slowly(task, 0, gh_lowest_bit(rights), signal, GH_HOOK_TASK_KILL);
}

/* Done whether or not a policy asks: the policy that asks may come later. */
SEC("lsm/file_set_fowner")
int BPF_PROG(gh_signal_owner, struct file *file)
{
	struct gh_asker who;
	__u64 key = (__u64)file;

	gh_asker_of(bpf_get_current_task_btf(), &who);
	/* Rather nobody than who was right for an earlier file at this address. */
	if (bpf_map_update_elem(&gh_owners, &key, &who, BPF_ANY))
		bpf_map_delete_elem(&gh_owners, &key);
	return 0;
}

static __always_inline __u64 gh_owned_file(struct fown_struct *owner)
{
	struct fown_struct___file *pointing = (void *)owner;

	if (bpf_core_field_exists(pointing->file))
		return (__u64)BPF_CORE_READ(pointing, file);
	return (__u64)owner - bpf_core_field_offset(struct file___owner, f_owner);
}

/*
 * Signal 0 stands for SIGIO. A real-time signal that finds the receiver's queue full is replaced by SIGIO, which ends who
 * does not handle it; so it needs the right for both.
 */
SEC("lsm/file_send_sigiotask")
int BPF_PROG(gh_signal_io, struct task_struct *task, struct fown_struct *owner, int signal, int ret)
{
	__u32 sent = signal ? signal : GH_SIGNAL_IO;
	__u32 rights, instead;
	struct gh_asker *who, copy;
	__u64 key;

	if (ret || !gh_open_wanted())
		return ret;
	key = gh_owned_file(owner);
	who = bpf_map_lookup_elem(&gh_owners, &key);
	if (!who)
		return gh_refuse_subject_unknown();
	copy = *who;
	rights = gh_rights_of_signal(task, sent);
	if (sent >= GH_SIGNAL_REAL_TIME) {
		instead = gh_rights_of_signal(task, GH_SIGNAL_IO);
		if (instead != rights &&
		    gh_ask_open_as(&copy, task, gh_lowest_bit(instead), GH_SIGNAL_IO, GH_HOOK_FILE_SEND_SIGIOTASK))
			return -EPERM;
	}
	return gh_ask_open_as(&copy, task, gh_lowest_bit(rights), sent, GH_HOOK_FILE_SEND_SIGIOTASK);
}
