/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pidagain PID PROGRAM ARGS...: starts PROGRAM as a process with exactly this id, which must be free, waits for it and
 * ends as it did. With "-" for PROGRAM the new process stays what it is, a fork of this program, says "ready PID 0" as
 * victim does, and ends when its input does.
 */
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include "answer.h"

int main(int argc, char **argv)
{
	pid_t wanted;
	struct clone_args arguments = {.exit_signal = SIGCHLD, .set_tid = (unsigned long)&wanted, .set_tid_size = 1};
	int status;

	if (argc < 3)
		attack_usage("pidagain PID PROGRAM ARGS...");
	wanted = atoi(argv[1]);
	long child = syscall(SYS_clone3, &arguments, sizeof(arguments));

	if (child == 0 && strcmp(argv[2], "-")) {
		execv(argv[2], argv + 2);
		answer_failed("execv");
		_exit(ATTACK_REFUSED);
	}
	if (child == 0) {
		printf("ready %ld 0\n", (long)syscall(SYS_getpid));
		fflush(stdout);
		while (getchar() != EOF)
			;
		_exit(0);
	}
	answer_need("clone3 with a process id of our own", child);
	close(0);
	if (waitpid(child, &status, 0) != child)
		answer_need("waitpid", -1);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
