/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Asking for several rights at once: all must be granted. */
#ifndef GH_LIB_ASK_EACH_H
#define GH_LIB_ASK_EACH_H

#include "ask.h"
#include "unknown.h"
#include "right.h"

struct gh_each_right {
	struct task_struct *target;
	__u64 subject_start;
	__u32 subject; /* 0 = the acting process */
	__u32 rights; /* a set */
	__u32 hook;
};

/* Returns 1, which ends the loop, for the first right that is refused. */
static long gh_each_right_step(__u32 right, struct gh_each_right *each)
{
	__u32 rights = gh_unknown(&each->rights), hook = gh_unknown(&each->hook);

	if (right >= GH_RIGHT_COUNT || !(rights & 1u << (right & 31)))
		return 0;
	return gh_ask_open(each->target, right, 0, hook) != 0;
}

static long gh_each_right_as_step(__u32 right, struct gh_each_right *each)
{
	__u32 rights = gh_unknown(&each->rights), hook = gh_unknown(&each->hook);
	__u32 subject = gh_unknown(&each->subject);
	__u64 start = gh_unknown(&each->subject_start);

	if (right >= GH_RIGHT_COUNT || !(rights & 1u << (right & 31)))
		return 0;
	return gh_ask_open_as(subject, start, each->target, right, 0, hook) != 0;
}

/* One step more than there are rights: a loop that was not ended early makes all of them, whichever right was refused. */
#define GH_EACH_RIGHT_STEPS (GH_RIGHT_COUNT + 1)

static __always_inline int gh_ask_each(struct task_struct *target, __u32 rights, __u32 hook)
{
	struct gh_each_right each = {.target = target, .rights = rights, .hook = hook};

	return bpf_loop(GH_EACH_RIGHT_STEPS, gh_each_right_step, &each, 0) == GH_EACH_RIGHT_STEPS ? 0 : -EPERM;
}

/* The same for another process than the one that acts. */
static __always_inline int gh_ask_each_as(__u32 subject, __u64 start, struct task_struct *target, __u32 rights,
					  __u32 hook)
{
	struct gh_each_right each = {
	    .target = target,
	    .subject_start = start,
	    .subject = subject,
	    .rights = rights,
	    .hook = hook,
	};

	return bpf_loop(GH_EACH_RIGHT_STEPS, gh_each_right_as_step, &each, 0) == GH_EACH_RIGHT_STEPS ? 0 : -EPERM;
}

#endif
