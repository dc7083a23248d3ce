/* SPDX-License-Identifier: Apache-2.0 */
/* Who a process of oracle_driver is: users, groups, capabilities, mount namespace, taken from its arguments. */
#ifndef GATEHOUSE_ORACLE_IDENTITY_H
#define GATEHOUSE_ORACLE_IDENTITY_H

#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include "answer.h"

/* The capabilities of this process but for some, also after the next exec. */
static inline void identity_keep_capabilities(unsigned long long without)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2];

	answer_need("capget", syscall(SYS_capget, &header, data));
	for (int half = 0; half < 2; half++) {
		data[half].permitted &= ~(unsigned)(without >> (32 * half));
		data[half].effective = data[half].inheritable = data[half].permitted;
	}
	answer_need("capset", syscall(SYS_capset, &header, data));
	for (int number = 0; number < 64; number++) {
		if (data[number / 32].permitted & 1u << number % 32)
			answer_need("PR_CAP_AMBIENT_RAISE", prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, number, 0, 0));
	}
}

/* LOGIN UID EUID GID EGID WITHOUT(hex) NAMESPACE(0 or 1); LOGIN "-" stays unset. Returns behind what it took. */
static inline char **identity_assume(char **words)
{
	uid_t user = atoi(words[1]), effective_user = atoi(words[2]);
	gid_t group = atoi(words[3]), effective_group = atoi(words[4]);
	unsigned long long without = strtoull(words[5], NULL, 16);

	if (strcmp(words[0], "-")) {
		int fd = attack_open("/proc/self/loginuid", O_WRONLY);

		answer_need("write to loginuid", write(fd, words[0], strlen(words[0])));
		close(fd);
	}
	if (atoi(words[6]))
		answer_need("unshare", unshare(CLONE_NEWNS));
	if (user || effective_user || group || effective_group || without) {
		answer_need("PR_SET_KEEPCAPS", prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0));
		answer_need("setgroups", setgroups(0, NULL));
		answer_need("setresgid", setresgid(group, effective_group, effective_group));
		answer_need("setresuid", setresuid(user, effective_user, effective_user));
		identity_keep_capabilities(without);
	}
	return words + 7;
}

#endif
