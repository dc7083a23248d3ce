/* SPDX-License-Identifier: Apache-2.0 */
/*
 * credentials_attempt WAY: changes its own users, groups or capabilities in one way, and says whether it could
 * (answer.h). To be started as root.
 */
#include <grp.h>
#include <linux/capability.h>
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/fsuid.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include "answer.h"

enum { OTHER_ID = 1234 };

/* The bare system calls: the C library's take all threads along by signals. */
static void by_setuid(void)
{
	answer("setuid", syscall(SYS_setuid, OTHER_ID));
}

static void by_setreuid(void)
{
	answer("setreuid", syscall(SYS_setreuid, OTHER_ID, OTHER_ID));
}

static void by_setresuid(void)
{
	answer("setresuid", syscall(SYS_setresuid, -1, OTHER_ID, -1));
}

/* Root's effective capabilities go with its effective user, and come back with it. */
static void by_setresuid_again(void)
{
	answer_need("setresuid to another", syscall(SYS_setresuid, -1, OTHER_ID, -1));
	answer("setresuid", syscall(SYS_setresuid, -1, 0, -1));
}

/* setfsuid and setfsgid tell of no error: whether it happened shows in what the next call returns. */
static void by_setfsuid(void)
{
	setfsuid(OTHER_ID);
	errno = EPERM;
	answer("setfsuid", setfsuid(-1) == OTHER_ID ? 0 : -1);
}

static void by_setgid(void)
{
	answer("setgid", syscall(SYS_setgid, OTHER_ID));
}

static void by_setregid(void)
{
	answer("setregid", syscall(SYS_setregid, OTHER_ID, OTHER_ID));
}

static void by_setresgid(void)
{
	answer("setresgid", syscall(SYS_setresgid, -1, OTHER_ID, -1));
}

static void by_setfsgid(void)
{
	setfsgid(OTHER_ID);
	errno = EPERM;
	answer("setfsgid", setfsgid(-1) == OTHER_ID ? 0 : -1);
}

static void by_setgroups(void)
{
	gid_t groups[] = {OTHER_ID, OTHER_ID + 1};

	answer("setgroups", syscall(SYS_setgroups, 2, groups));
}

static void set_effective(struct __user_cap_data_struct *data, const char *call, void (*then)(const char *, long))
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};

	then(call, syscall(SYS_capset, &header, data));
}

static void read_capabilities(struct __user_cap_data_struct *data)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};

	answer_need("capget", syscall(SYS_capget, &header, data));
}

/* Only what adds is asked about: giving up and taking again. */
static void by_capset(void)
{
	struct __user_cap_data_struct data[2];

	read_capabilities(data);
	data[0].effective &= ~(1u << CAP_NET_RAW);
	set_effective(data, "capset that gives up", answer_need);
	data[0].effective |= 1u << CAP_NET_RAW;
	set_effective(data, "capset", answer);
}

static void by_capset_less(void)
{
	struct __user_cap_data_struct data[2];

	read_capabilities(data);
	data[0].effective &= ~(1u << CAP_NET_RAW);
	data[0].permitted &= ~(1u << CAP_NET_RAW);
	set_effective(data, "capset that gives up", answer);
}

static void *setuid_in_thread(void *unused)
{
	by_setuid();
	return unused;
}

static void by_thread(void)
{
	pthread_t thread;
	int error = pthread_create(&thread, NULL, setuid_in_thread, NULL);

	errno = error;
	answer_need("pthread_create", error ? -1 : 0);
	pthread_join(thread, NULL);
}

static void by_unshare(void)
{
	answer("unshare of the user namespace", unshare(CLONE_NEWUSER));
}

static void by_clone3(void)
{
	struct clone_args arguments = {.flags = CLONE_NEWUSER, .exit_signal = SIGCHLD};
	pid_t child = syscall(SYS_clone3, &arguments, sizeof(arguments));

	if (child == 0)
		_exit(0);
	answer("clone3 with a new user namespace", child);
	if (child > 0)
		waitpid(child, NULL, 0);
}

static const struct answer_way s_ways[] = {
    {"setuid", by_setuid},	    {"setreuid", by_setreuid},	     {"setresuid", by_setresuid},
    {"setfsuid", by_setfsuid},	    {"setgid", by_setgid},	     {"setregid", by_setregid},
    {"setresgid", by_setresgid},    {"setfsgid", by_setfsgid},	     {"setgroups", by_setgroups},
    {"capset", by_capset},	    {"capset-less", by_capset_less}, {"setuid-of-thread", by_thread},
    {"userns-unshare", by_unshare}, {"userns-clone3", by_clone3},    {"setresuid-again", by_setresuid_again},
};

int main(int argc, char **argv)
{
	if (argc != 2)
		attack_usage("credentials_attempt WAY");
	answer_by_name(s_ways, sizeof(s_ways) / sizeof(*s_ways), argv[1]);
	return 0;
}
