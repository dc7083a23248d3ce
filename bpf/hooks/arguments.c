/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * process.exec once more: by arguments and environment, which are known only when the new program is in place.
 *
 * bprm_committed_creds  sees each exec after the point of no return and before the first instruction of the new program.
 *                       Cannot deny; kills. Sleepable. Who acted, and the files, are as they were when the exec was
 *                       decided: that was kept with the task (lib/load.h). What was not kept, or cannot be read, is closed.
 */
#include "../lib/load.h"
#include "../lib/texts.h"

/* The facts of one file of the exec, and of the arguments. Returns 0 if they cannot be had. */
static __always_inline int gh_arguments_facts(struct gh_scratch *scratch, const struct gh_exec_part *part, __u64 flags,
					      struct linux_binprm *bprm)
{
	struct gh_generation *generation = gh_generation_of(part->generation);

	if (!generation || gh_texts_read(scratch, generation, bprm->p, bprm->argc, bprm->envc))
		return 0;
	scratch->asked.arguments_start = bprm->p;
	scratch->asked.arguments_end = scratch->texts.arguments_end;
	__builtin_memcpy(&scratch->facts.class[GH_SOURCE_PROCESS], part -> subject.class, sizeof(part->subject.class));
	__builtin_memcpy(&scratch->facts.mask[GH_MASK_PROCESS], part->subject.mask, sizeof(part->subject.mask));
	__builtin_memcpy(&scratch->facts.class[GH_SOURCE_IMAGE], part -> image.class, sizeof(part->image.class));
	__builtin_memcpy(&scratch->facts.mask[GH_MASK_IMAGE], part->image.mask, sizeof(part->image.mask));
	scratch->facts.mask[GH_MASK_OPERATION + GH_OPERATION_MASK_FLAGS] = flags;
	scratch->event.request.flags = flags;
	scratch->facts.mask[GH_MASK_OPERATION + GH_OPERATION_MASK_ARGUMENTS] = scratch->texts.found[0];
	scratch->facts.mask[GH_MASK_OPERATION + GH_OPERATION_MASK_ENVIRONMENT] = scratch->texts.found[1];
	return 1;
}

/* Decides by one of the files of the exec. Returns whether the process has been killed. */
static __noinline int gh_arguments_decide(struct gh_exec *exec, __u32 index, struct linux_binprm *bprm)
{
	struct gh_exec_part *part = &exec->part[index & 1];
	struct gh_scratch *scratch =
	    gh_gate_ask(part->generation, GH_OPERATION_PROCESS_EXEC_ARGUMENTS, GH_HOOK_BPRM_COMMITTED_CREDS);
	__u32 denied;

	if (!scratch) {
		if (!gh_refuse_undecided(GH_OPERATION_PROCESS_EXEC_ARGUMENTS))
			return 0;
		gh_count(GH_COUNTER_KILLS);
		bpf_send_signal(SIGKILL);
		return 1;
	}
	gh_image_describe(bprm->file, &scratch->event.image);
	scratch->asked.request = GH_REQUEST_MANY;
	if (!gh_arguments_facts(scratch, part, exec->flags, bprm))
		scratch->asked.failed = 1;
	if (gh_gate_decide(scratch, 0))
		gh_emit(bprm->file, scratch);
	denied = scratch->asked.denied;
	/* Refused for another reason than a rule: there is no other way to refuse any more. */
	if (denied && !scratch->asked.killed) {
		gh_count(GH_COUNTER_KILLS);
		bpf_send_signal(SIGKILL);
	}
	gh_scratch_give(scratch);
	return denied != 0;
}

SEC("lsm.s/bprm_committed_creds")
int BPF_PROG(gh_arguments, struct linux_binprm *bprm)
{
	__u64 key = (__u64)bpf_get_current_task_btf(), count;
	struct gh_exec *exec = bpf_map_lookup_elem(&gh_execs, &key);

	if (!exec || !exec->count)
		return 0;
	count = exec->count;
	if (!gh_arguments_decide(exec, 0, bprm) && count > 1)
		gh_arguments_decide(exec, 1, bprm);
	bpf_map_delete_elem(&gh_execs, &key);
	return 0;
}
