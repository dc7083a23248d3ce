/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Asking for several rights at once: all must be granted. */
#ifndef GH_LIB_ASK_EACH_H
#define GH_LIB_ASK_EACH_H

#include "ask.h"
#include "right.h"
#include "unknown.h"

struct gh_each_right {
	struct task_struct *target;
	const struct gh_asker *asker; /* null: the acting process */
	__u32 rights; /* a set */
	__u32 hook;
};

/* One step more than there are rights: a loop that was not ended early makes all of them, whichever right was refused. */
#define GH_EACH_RIGHT_STEPS (GH_RIGHT_COUNT + 1)

/* Returns 1, which ends the loop, for the first right that is refused. */
static long gh_each_right_step(__u32 right, struct gh_each_right *each)
{
	__u32 rights = gh_unknown(&each->rights), hook = gh_unknown(&each->hook);

	if (right >= GH_RIGHT_COUNT || !(rights & 1u << (right & 31)))
		return 0;
	return gh_open_slowly((void *)gh_unknown(&each->target), 0, right, 0, hook) != 0;
}

static long gh_each_right_as_step(__u32 right, struct gh_each_right *each)
{
	__u32 rights = gh_unknown(&each->rights), hook = gh_unknown(&each->hook);

	if (right >= GH_RIGHT_COUNT || !(rights & 1u << (right & 31)))
		return 0;
	return gh_open_slowly((void *)gh_unknown(&each->target), each->asker, right, 0, hook) != 0;
}

/*
 * `generation` is that of `number`, or null. Most calls ask for one right and are settled by what is known of both processes;
 * only the others, and who asks for several, take the long way.
 */
static __always_inline int gh_ask_each(struct task_struct *target, struct gh_generation *generation, __u64 number,
				       __u32 rights, __u32 hook)
{
	struct gh_each_right each;

	if (generation && !(generation->open_rights & rights))
		return 0;
	if (!(rights & (rights - 1)) && gh_open_goes_on(target, generation, number, rights, 0))
		return 0;
	each = (struct gh_each_right){.target = target, .rights = rights, .hook = hook};
	return bpf_loop(GH_EACH_RIGHT_STEPS, gh_each_right_step, &each, 0) == GH_EACH_RIGHT_STEPS ? 0 : -EPERM;
}

/* The same for another process than the one that acts. */
static __always_inline int gh_ask_each_as(const struct gh_asker *asker, struct task_struct *target, __u32 rights,
					  __u32 hook)
{
	struct gh_each_right each = {.target = target, .asker = asker, .rights = rights, .hook = hook};

	if (BPF_CORE_READ(target, tgid) == (int)asker->pid)
		return 0;
	return bpf_loop(GH_EACH_RIGHT_STEPS, gh_each_right_as_step, &each, 0) == GH_EACH_RIGHT_STEPS ? 0 : -EPERM;
}

#endif
