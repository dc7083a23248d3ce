/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lineage SHAPE PROGRAM ARGS...: starts PROGRAM as a descendant of this program, of this shape, and waits until it has
 * ended if it can. Says "refused ERRNO" if the exec of PROGRAM was refused; what PROGRAM says is its own.
 *
 *   exec       this process becomes PROGRAM
 *   child      a child does
 *   grandchild a child of a child, all alive
 *   orphan     a grandchild whose parent and whose parent's parent (this program) have ended
 *   adopted    a grandchild whose parent has ended and which this program, its parent's parent, has taken as its child
 *   daemon     double fork with a session of its own, nobody waits
 *   again      this program executes itself anew first, by /proc/self/exe
 *   failed     this process becomes PROGRAM, after a fork that failed halfway
 *   vfork      the child of a vfork
 *   thread     a thread that is not the first executes it
 *   through N P1 ... PN  this process becomes P1, which is another copy of this program, and that P2, and so on
 */
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include "answer.h"

static char **s_arguments;

static _Noreturn void become(char **arguments)
{
	execv(arguments[0], arguments);
	answer_failed("execv");
	_exit(ATTACK_REFUSED);
}

static void *become_in_thread(void *unused)
{
	become(s_arguments);
	return unused;
}

/* Forks and returns in the child; the parent ends at once, or as the child did. */
static void descend(int waits)
{
	pid_t child = fork();
	int status;

	answer_need("fork", child);
	if (child == 0)
		return;
	if (!waits)
		_exit(0);
	waitpid(child, &status, 0);
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

/* Until this process has been given to another parent, so that its own has certainly ended. */
static void wait_for_orphanage(pid_t parent)
{
	while (getppid() == parent)
		usleep(1000);
}

static _Noreturn void orphan(int daemon)
{
	pid_t first = getpid();

	descend(0);
	wait_for_orphanage(first);
	if (daemon)
		answer_need("setsid", setsid());
	pid_t second = getpid();

	descend(0);
	wait_for_orphanage(second);
	become(s_arguments);
}

static void adopt(void)
{
	pid_t first, second;
	int status = 0;

	answer_need("prctl", prctl(PR_SET_CHILD_SUBREAPER, 1));
	first = fork();
	answer_need("fork", first);
	if (first) {
		/* Two ends: the parent's at once, and then that of the program. */
		while (waitpid(-1, &status, 0) > 0)
			;
		_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	}
	second = getpid();
	descend(0);
	wait_for_orphanage(second);
}

/* The id of a process that exists: the kernel notices when the child is a copy of its parent already. */
static void fail_to_fork(void)
{
	pid_t taken = getpid();
	struct clone_args arguments = {.exit_signal = SIGCHLD, .set_tid = (unsigned long)&taken, .set_tid_size = 1};

	if (syscall(SYS_clone3, &arguments, sizeof(arguments)) == 0)
		_exit(0);
	if (errno != EEXIST)
		answer_need("clone3 with a process id that is taken", -1);
}

/* argv: lineage through N P1 ... PN PROGRAM ARGS... */
static _Noreturn void go_through(char **argv)
{
	int left = atoi(argv[2]);
	char number[16];

	if (left == 0)
		become(argv + 3);
	char *next = argv[3];

	snprintf(number, sizeof(number), "%d", left - 1);
	/* In place: the list gets shorter by one at its front. */
	argv[3] = number;
	argv[2] = "through";
	argv[1] = next;
	become(argv + 1);
}

int main(int argc, char **argv)
{
	pthread_t thread;

	if (argc < 3)
		attack_usage("lineage SHAPE PROGRAM ARGS...");
	const char *shape = argv[1];

	s_arguments = argv + 2;
	if (!strcmp(shape, "through"))
		go_through(argv);
	if (!strcmp(shape, "again")) {
		argv[1] = "exec";
		execv("/proc/self/exe", argv);
		answer_failed("execv of itself");
		return ATTACK_REFUSED;
	}
	if (!strcmp(shape, "orphan") || !strcmp(shape, "daemon"))
		orphan(!strcmp(shape, "daemon"));
	if (!strcmp(shape, "thread")) {
		errno = pthread_create(&thread, NULL, become_in_thread, NULL);
		answer_need("pthread_create", errno ? -1 : 0);
		pause();
	}
	if (!strcmp(shape, "vfork")) {
		pid_t child = vfork();
		int status;

		if (child == 0)
			become(s_arguments);
		answer_need("vfork", child);
		waitpid(child, &status, 0);
		return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	}
	if (!strcmp(shape, "failed"))
		fail_to_fork();
	if (!strcmp(shape, "grandchild"))
		descend(1);
	if (!strcmp(shape, "child") || !strcmp(shape, "grandchild"))
		descend(1);
	else if (!strcmp(shape, "adopted"))
		adopt();
	else if (strcmp(shape, "exec") && strcmp(shape, "failed"))
		attack_usage("an unknown shape");
	become(s_arguments);
}
