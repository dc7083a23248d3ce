/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The shortest way of all: this thread has asked this of that thread before, nothing had anything to say, and neither has
 * changed since. One look-up, and the comparison of what the verdict came from.
 *
 * Both are read before the verdict is found, and kept as they were read: who changes meanwhile finds a pair that does not
 * fit. Signals and tracing of busy pairs (a shell and its jobs, a debugger, a supervisor) are nearly all that passes here.
 */
#ifndef GH_LIB_PAIR_H
#define GH_LIB_PAIR_H

#include "now.h"
#include "scan.h"

/* What is asked: one right, as a set, and the signal if it is one. */
static __always_inline __u64 gh_pair_request(__u32 rights, __u32 signal)
{
	return (__u64)signal << 32 | rights;
}

static __always_inline struct gh_pair *gh_pair_at(__u64 subject_start, __u64 target_start, __u64 request)
{
	__u64 mixed = (subject_start + (target_start << 7) + (request << 17)) * 0x9e3779b97f4a7c15ull;

	return &gh_pairs[mixed >> (64 - GH_PAIR_BITS)];
}

/* The facts that few rules test. */
static __noinline int gh_pair_rest_holds(const struct gh_task_now *kept, struct task_struct *task, __u32 needs)
{
	const struct gh_moment *moment = &kept->moment;
	const struct cred *cred = task->cred;

	return (!(needs & GH_LABEL_GID) || moment->gid == cred->gid.val) &&
	       (!(needs & GH_LABEL_EFFECTIVE_GID) || moment->effective_gid == cred->egid.val) &&
	       (!(needs & GH_LABEL_LOGIN_UID) || moment->login_uid == task->loginuid.val) &&
	       (!(needs & GH_LABEL_CAPABILITIES) || moment->capabilities == gh_effective_capabilities(cred)) &&
	       (!(needs & GH_LABEL_FLAGS) ||
		moment->flags == gh_process_flags_of(task->flags, task->nsproxy->mnt_ns->ns.inum));
}

#define GH_LABEL_REST (GH_LABEL_CREDENTIALS & ~(GH_LABEL_UID | GH_LABEL_EFFECTIVE_UID) | GH_LABEL_FLAGS)

/* Whether a thread is still what it was. */
static __always_inline int gh_pair_side_holds(const struct gh_task_now *kept, struct task_struct *task, __u32 needs)
{
	const struct cred *cred;

	if (kept->exec != task->self_exec_id)
		return 0;
	if (needs & (GH_LABEL_UID | GH_LABEL_EFFECTIVE_UID)) {
		cred = task->cred;
		if (needs & GH_LABEL_UID && kept->moment.uid != cred->uid.val)
			return 0;
		if (needs & GH_LABEL_EFFECTIVE_UID && kept->moment.effective_uid != cred->euid.val)
			return 0;
	}
	return !(needs & GH_LABEL_REST) || gh_pair_rest_holds(kept, task, needs);
}

/* Both are pointers that the kernel vouches for. Not inlined: of the stack that all frames share, its callers have none to spare. */
static __noinline int gh_pair_holds(struct task_struct *task, struct task_struct *target,
				    const struct gh_generation *generation, __u64 number, __u64 request)
{
	__u64 start = task->start_boottime, target_start = target->start_boottime, version;
	struct gh_pair *pair = gh_pair_at(start, target_start, request);

	version = *(volatile __u64 *)&pair->version;
	return pair->generation == number && pair->subject.start_nanoseconds == start &&
	       pair->target.start_nanoseconds == target_start && pair->subject.task == (__u64)task &&
	       pair->target.task == (__u64)target && pair->request == request && !(version & 1) &&
	       gh_pair_side_holds(&pair->subject, task, generation->open_needs[0]) &&
	       gh_pair_side_holds(&pair->target, target, generation->open_needs[1]) &&
	       *(volatile __u64 *)&pair->version == version;
}

/* Who finds somebody else writing leaves it. */
static __noinline int gh_pair_keep(const struct gh_task_now *subject, const struct gh_task_now *target, __u64 number,
				   __u64 request)
{
	struct gh_pair *pair = gh_pair_at(subject->start_nanoseconds, target->start_nanoseconds, request);
	__u64 version;

	version = *(volatile __u64 *)&pair->version;
	if (version & 1 || __sync_val_compare_and_swap(&pair->version, version, version + 1) != version)
		return 0;
	pair->generation = number;
	pair->request = request;
	__builtin_memcpy(&pair->subject, subject, sizeof(pair->subject));
	__builtin_memcpy(&pair->target, target, sizeof(pair->target));
	__sync_fetch_and_add(&pair->version, 1);
	return 0;
}

/*
 * The same of an operation without a target: this thread has done this before. Kept in the same places; no request of a pair
 * has the highest bit. All that labels depend on is compared, because it is not told which operation tests what.
 */
static __always_inline __u64 gh_alone_request(__u32 operation, __u64 bits)
{
	return 1ull << 63 | (__u64)operation << 32 | bits;
}

static __noinline int gh_alone_holds(struct task_struct *task, const struct gh_generation *generation, __u64 number,
				     __u64 request)
{
	__u64 start = task->start_boottime, version;
	struct gh_pair *pair = gh_pair_at(start, start, request);

	version = *(volatile __u64 *)&pair->version;
	return pair->generation == number && pair->subject.start_nanoseconds == start &&
	       pair->subject.task == (__u64)task && pair->request == request && !(version & 1) &&
	       gh_pair_side_holds(&pair->subject, task, generation->label_needs) &&
	       *(volatile __u64 *)&pair->version == version;
}

#endif
