/* SPDX-License-Identifier: Apache-2.0 */
/* What oracle_driver makes: processes, threads, programs, changes of credentials. */
#ifndef GATEHOUSE_ORACLE_MAKE_H
#define GATEHOUSE_ORACLE_MAKE_H

#include <linux/capability.h>
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include "answer.h"

static int no_child(pid_t child)
{
	if (child >= 0)
		return 0;
	printf("create %s\n", strerrorname_np(errno));
	return 1;
}

/* What the child of a vfork met, which shares our memory; the answer if it lived to tell. */
static void tell(pid_t child, const char *what, volatile int *error)
{
	int status;

	if (waitpid(child, &status, 0) != child)
		answer_need("waitpid", -1);
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) {
		puts("killed");
		return;
	}
	errno = *error;
	answer(what, *error ? -1 : 0);
}

static void execute(char **words)
{
	static volatile int s_error;
	char variable[256], *path = words[1], *name = words[2];
	char *environment[] = {variable, NULL}, *none[] = {NULL};

	snprintf(variable, sizeof(variable), "%s=1", name);
	words[2] = path;
	s_error = 0;
	pid_t child = vfork();

	if (child == 0) {
		execve(path, words + 2, strcmp(name, "-") ? environment : none);
		s_error = errno;
		_exit(1);
	}
	if (!no_child(child))
		tell(child, "execve", &s_error);
}

static long change(const char *what, unsigned id)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2];
	gid_t group = id;

	if (!strcmp(what, "uid"))
		return syscall(SYS_setresuid, -1, id, -1);
	if (!strcmp(what, "gid"))
		return syscall(SYS_setresgid, -1, id, -1);
	if (!strcmp(what, "groups"))
		return syscall(SYS_setgroups, 1, &group);
	if (syscall(SYS_capget, &header, data))
		return -1;
	/*
	 * Only what adds is asked about: giving up and taking again. One that no condition of OracleConditions names, because
	 * the process does not have it when it is asked.
	 */
	data[0].effective &= ~(1u << CAP_LEASE);
	if (syscall(SYS_capset, &header, data))
		return -1;
	data[0].effective |= 1u << CAP_LEASE;
	return syscall(SYS_capset, &header, data);
}

static void credentials(char **words)
{
	static volatile int s_error;

	s_error = 0;
	pid_t child = vfork();

	if (child == 0) {
		if (change(words[1], strtoul(words[2], NULL, 10)) < 0)
			s_error = errno;
		_exit(0);
	}
	if (!no_child(child))
		tell(child, "change of credentials", &s_error);
}

static void *nothing(void *unused)
{
	return unused;
}

static void make_thread(void)
{
	pthread_t thread;
	int error = pthread_create(&thread, NULL, nothing, NULL);

	errno = error;
	answer("pthread_create", error ? -1 : 0);
	if (!error)
		pthread_join(thread, NULL);
}

static void make_process(const char *flags)
{
	struct clone_args arguments = {.flags = strtoull(flags, NULL, 16) | CLONE_VFORK, .exit_signal = SIGCHLD};
	long child = syscall(SYS_clone3, &arguments, sizeof(arguments));

	if (child == 0)
		_exit(0);
	answer("clone3", child);
	if (child > 0)
		waitpid(child, NULL, 0);
}

static void make_child(void)
{
	pid_t parent = getpid(), child = fork();

	if (child == 0) {
		/* Not PR_SET_PDEATHSIG: the kernel's signal must not be what ends it in the middle of a test. */
		while (getppid() == parent)
			usleep(50000);
		_exit(0);
	}
	if (!no_child(child))
		printf("child %d\n", child);
}

static void end_child(const char *status)
{
	pid_t child = vfork();

	if (child == 0)
		_exit(atoi(status));
	if (no_child(child))
		return;
	waitpid(child, NULL, 0);
	answer_granted();
}

#endif
