/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spawn_attempt WAY: makes a process or a thread in one way, and says whether it got one (answer.h). What is made ends
 * at once.
 */
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include "uring.h"

enum { STACK_BYTES = 64 * 1024 };

static int end(void *unused)
{
	_exit(unused != NULL);
}

static void reap(pid_t child)
{
	if (child > 0)
		waitpid(child, NULL, __WALL);
}

static void by_fork(void)
{
	pid_t child = fork();

	if (child == 0)
		_exit(0);
	answer("fork", child);
	reap(child);
}

static void by_vfork(void)
{
	pid_t child = vfork();

	if (child == 0)
		_exit(0);
	answer("vfork", child);
	reap(child);
}

static void by_clone(void)
{
	static char stack[STACK_BYTES] __attribute__((aligned(16)));
	pid_t child = clone(end, stack + sizeof(stack), SIGCHLD | CLONE_FILES, NULL);

	answer("clone", child);
	reap(child);
}

static void clone3_with(const char *call, unsigned long flags)
{
	struct clone_args arguments = {.flags = flags, .exit_signal = SIGCHLD};
	pid_t child = syscall(SYS_clone3, &arguments, sizeof(arguments));

	if (child == 0)
		_exit(0);
	answer(call, child);
	reap(child);
}

static void by_clone3(void)
{
	clone3_with("clone3", 0);
}

static void by_posix_spawn(void)
{
	char *arguments[] = {"true", NULL};
	pid_t child;
	int error = posix_spawn(&child, "/bin/true", NULL, NULL, arguments, environ);

	errno = error;
	answer("posix_spawn", error ? -1 : 0);
	if (!error)
		reap(child);
}

static void *fork_in_thread(void *unused)
{
	by_fork();
	return unused;
}

static void by_fork_of_thread(void)
{
	pthread_t thread;
	int error = pthread_create(&thread, NULL, fork_in_thread, NULL);

	errno = error;
	answer_need("pthread_create", error ? -1 : 0);
	pthread_join(thread, NULL);
}

static void *nothing(void *unused)
{
	return unused;
}

static void by_pthread(void)
{
	pthread_t thread;
	int error = pthread_create(&thread, NULL, nothing, NULL);

	errno = error;
	answer("pthread_create", error ? -1 : 0);
	if (!error)
		pthread_join(thread, NULL);
}

static int leave_thread(void *unused)
{
	/* Not exit_group: only this thread ends. */
	syscall(SYS_exit, unused != NULL);
	return 0;
}

static void by_clone_thread(void)
{
	static char stack[STACK_BYTES] __attribute__((aligned(16)));

	answer("clone of a thread",
	       clone(leave_thread, stack + sizeof(stack), CLONE_VM | CLONE_SIGHAND | CLONE_THREAD, NULL));
	usleep(20000);
}

/* A request that is sent to a worker at once; without a worker it is cancelled, which is how the refusal shows. */
static void by_ring_worker(void)
{
	struct uring uring;

	answer_need("io_uring_setup", uring_open(&uring, 0));
	uring.entry->opcode = IORING_OP_NOP;
	uring.entry->flags = IOSQE_ASYNC;
	errno = -uring_run(&uring);
	if (errno == ECANCELED)
		errno = EPERM;
	answer("a request for a worker of io_uring", errno ? -1 : 0);
}

static void by_ring_poller(void)
{
	struct uring uring;

	answer("io_uring_setup with a polling thread", uring_open(&uring, IORING_SETUP_SQPOLL));
}

#define NAMESPACE(name, flag)                                                                                          \
	static void by_##name(void)                                                                                    \
	{                                                                                                              \
		clone3_with("clone3 with " #flag, flag);                                                               \
	}
NAMESPACE(cgroup, CLONE_NEWCGROUP)
NAMESPACE(ipc, CLONE_NEWIPC)
NAMESPACE(mount, CLONE_NEWNS)
NAMESPACE(network, CLONE_NEWNET)
NAMESPACE(pid, CLONE_NEWPID)
NAMESPACE(time, CLONE_NEWTIME)
NAMESPACE(user, CLONE_NEWUSER)
NAMESPACE(uts, CLONE_NEWUTS)

static const struct answer_way s_ways[] = {
    {"fork", by_fork},
    {"vfork", by_vfork},
    {"clone", by_clone},
    {"clone3", by_clone3},
    {"posix-spawn", by_posix_spawn},
    {"fork-of-thread", by_fork_of_thread},
    {"pthread", by_pthread},
    {"clone-thread", by_clone_thread},
    {"ring-worker", by_ring_worker},
    {"ring-poller", by_ring_poller},
    {"cgroup", by_cgroup},
    {"ipc", by_ipc},
    {"mount", by_mount},
    {"network", by_network},
    {"pid", by_pid},
    {"time", by_time},
    {"user", by_user},
    {"uts", by_uts},
};

int main(int argc, char **argv)
{
	if (argc != 2)
		attack_usage("spawn_attempt WAY");
	answer_by_name(s_ways, sizeof(s_ways) / sizeof(*s_ways), argv[1]);
	return 0;
}
