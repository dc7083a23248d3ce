/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Asking for several rights at once: all must be granted. At most three belong to one call. */
#ifndef GH_LIB_ASK_EACH_H
#define GH_LIB_ASK_EACH_H

#include "ask.h"
#include "right.h"
#include "unknown.h"

#define GH_RIGHTS_AT_ONCE 3

static __always_inline int gh_ask_each(struct task_struct *target, __u32 rights, __u32 hook)
{
	for (int i = 0; i < GH_RIGHTS_AT_ONCE; i++) {
		if (!rights)
			return 0;
		if (gh_ask_open(target, gh_lowest_bit(rights), 0, hook))
			return -EPERM;
		rights &= rights - 1;
	}
	return rights ? -EPERM : 0;
}

/* The same for another process than the one that acts. */
static __always_inline int gh_ask_each_as(const struct gh_asker *asker, struct task_struct *target, __u32 rights,
					  __u32 hook)
{
	for (int i = 0; i < GH_RIGHTS_AT_ONCE; i++) {
		if (!rights)
			return 0;
		if (gh_ask_open_as(asker, target, gh_lowest_bit(rights), 0, hook))
			return -EPERM;
		rights &= rights - 1;
	}
	return rights ? -EPERM : 0;
}

#endif
