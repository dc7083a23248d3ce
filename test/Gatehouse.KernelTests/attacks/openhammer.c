/* SPDX-License-Identifier: Apache-2.0 */
/*
 * openhammer DENIED_PID ALLOWED_PID DENIED ALLOWED STOP: signals both processes and starts both programs in a loop until
 * the file STOP exists. Exit status 1 as soon as one of them gets a wrong verdict; 0 with the number of rounds otherwise.
 */
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include "attack.h"

static unsigned long s_rounds;

static void expect(const char *what, int error, int expected)
{
	if (error == expected)
		return;
	fprintf(stderr, "wrong verdict in round %lu: %s: %s\n", s_rounds, what,
		error ? strerrorname_np(error) : "granted");
	exit(ATTACK_REFUSED);
}

static int start(char *program, const posix_spawn_file_actions_t *quiet)
{
	char *const arguments[] = {program, NULL};
	int status, error;
	pid_t pid;

	error = posix_spawn(&pid, program, quiet, NULL, arguments, environ);
	if (error)
		return error;
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status)) {
		fprintf(stderr, "broken: %s started and did not end well\n", program);
		exit(ATTACK_BROKEN);
	}
	return 0;
}

static int reach(pid_t pid)
{
	return kill(pid, SIGURG) ? errno : 0;
}

int main(int argc, char **argv)
{
	posix_spawn_file_actions_t quiet;

	if (argc != 6)
		attack_usage("openhammer DENIED_PID ALLOWED_PID DENIED ALLOWED STOP");
	posix_spawn_file_actions_init(&quiet);
	posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
	do {
		/* Signals are cheap: most of the rounds fall between two instructions of a reload. */
		for (int i = 0; i < 200; i++) {
			expect("signal to the denied process", reach(atoi(argv[1])), EPERM);
			expect("signal to the allowed process", reach(atoi(argv[2])), 0);
		}
		expect("exec of the denied program", start(argv[3], &quiet), EPERM);
		expect("exec of the allowed program", start(argv[4], &quiet), 0);
		s_rounds++;
	} while (access(argv[5], F_OK));
	printf("%lu rounds\n", s_rounds);
	return 0;
}
