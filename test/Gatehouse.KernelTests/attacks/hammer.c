/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hammer DENIED ALLOWED STOP: starts both programs in a loop until the file STOP exists. Exit status 1 as soon as DENIED
 * ran or ALLOWED did not; 0 with the number of rounds otherwise. A program that cannot be started for want of memory was not
 * decided; such a round does not count.
 */
#include <spawn.h>
#include <sys/wait.h>
#include "attack.h"

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

/* Nobody decided. */
static int is_short(int error)
{
	return error == ENOMEM || error == EAGAIN;
}

int main(int argc, char **argv)
{
	posix_spawn_file_actions_t quiet;
	unsigned long rounds = 0;

	if (argc != 4)
		attack_usage("hammer DENIED ALLOWED STOP");
	posix_spawn_file_actions_init(&quiet);
	posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
	do {
		int denied = start(argv[1], &quiet), allowed = start(argv[2], &quiet);

		if ((denied != EPERM && !is_short(denied)) || (allowed && !is_short(allowed))) {
			fprintf(stderr, "wrong verdict in round %lu: denied program: %s, allowed program: %s\n", rounds,
				denied ? strerrorname_np(denied) : "ran", allowed ? strerrorname_np(allowed) : "ran");
			return 1;
		}
		if (!is_short(denied) && !is_short(allowed))
			rounds++;
	} while (access(argv[3], F_OK));
	printf("%lu rounds\n", rounds);
	return 0;
}
