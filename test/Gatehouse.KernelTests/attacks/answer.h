/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What programs say that try one thing and do not end by it: a line `granted`, or `refused ERRNO` where the kernel said
 * that it may not be. Whatever else went wrong shows nothing about enforcement: it ends the program as broken, or as
 * unsupported where this kernel does not know the call.
 */
#ifndef GATEHOUSE_ANSWER_H
#define GATEHOUSE_ANSWER_H

#include "attack.h"

static inline void answer_granted(void)
{
	puts("granted");
	fflush(stdout);
}

/* After a failed call: says that it was refused, or ends the program. */
static inline void answer_failed(const char *call)
{
	int error = errno;

	if (error == ENOSYS || error == EOPNOTSUPP) {
		fprintf(stderr, "unsupported: %s: %s\n", call, strerrorname_np(error));
		exit(ATTACK_UNSUPPORTED);
	}
	if (error != EPERM && error != EACCES) {
		fprintf(stderr, "broken: %s: %s\n", call, strerrorname_np(error));
		exit(ATTACK_BROKEN);
	}
	printf("refused %s\n", strerrorname_np(error));
	fflush(stdout);
}

/* The answer to a call that returns a negative number if it failed. */
static inline void answer(const char *call, long result)
{
	if (result < 0)
		answer_failed(call);
	else
		answer_granted();
}

/* Preparation that must not fail whatever the policy says. */
static inline void answer_need(const char *call, long result)
{
	if (result >= 0)
		return;
	fprintf(stderr, "broken: %s: %s\n", call, strerrorname_np(errno));
	exit(ATTACK_BROKEN);
}

/* A way that a program tries, by the name that its first argument gives. */
struct answer_way {
	const char *name;
	void (*attempt)(void);
};

static inline void answer_by_name(const struct answer_way *ways, int count, const char *name)
{
	for (int i = 0; i < count; i++) {
		if (!strcmp(ways[i].name, name)) {
			ways[i].attempt();
			return;
		}
	}
	attack_usage("an unknown way");
}

#endif
