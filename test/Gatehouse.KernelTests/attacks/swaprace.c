/* SPDX-License-Identifier: Apache-2.0 */
/*
 * swaprace A B N: executes A N times while a thread exchanges the names A and B without a pause. One of the two files
 * is denied and prints "payload ran"; the other one is innocent. A gate that decides on another file than the one that
 * is then executed lets the payload through sometimes.
 *
 * 0: the payload ran at least once; 1: it never ran, and at least one exec was refused; 2: nothing was shown, because
 * no exec was refused, or the innocent file never ran.
 */
#include "attack.h"
#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>

static atomic_bool stop;
static const char *first, *second;

static void *exchange(void *unused)
{
	while (!stop) {
		if (renameat2(AT_FDCWD, first, AT_FDCWD, second, RENAME_EXCHANGE)) {
			perror("broken: renameat2");
			_exit(ATTACK_BROKEN);
		}
	}
	return unused;
}

enum outcome { INNOCENT, PAYLOAD, REFUSED, OTHER };

static enum outcome execute_once(void)
{
	char output[256];
	size_t length = 0;
	ssize_t step;
	int pipe_ends[2], status;

	if (pipe2(pipe_ends, O_CLOEXEC))
		attack_failed("pipe2");
	pid_t child = fork();

	if (child < 0)
		attack_failed("fork");
	if (child == 0) {
		dup2(pipe_ends[1], STDOUT_FILENO);
		execl(first, first, (char *)NULL);
		_exit(errno == EPERM || errno == EACCES ? 101 : 102);
	}
	close(pipe_ends[1]);
	while (length < sizeof(output) - 1 &&
	       (step = read(pipe_ends[0], output + length, sizeof(output) - 1 - length)) > 0)
		length += step;
	output[length] = '\0';
	close(pipe_ends[0]);
	waitpid(child, &status, 0);
	if (strstr(output, "payload ran"))
		return PAYLOAD;
	if (!WIFEXITED(status))
		return OTHER;
	return WEXITSTATUS(status) == 0 ? INNOCENT : WEXITSTATUS(status) == 101 ? REFUSED : OTHER;
}

int main(int argc, char **argv)
{
	long count[OTHER + 1] = {0};
	pthread_t thread;

	if (argc != 4)
		attack_usage("swaprace A B N");
	first = argv[1];
	second = argv[2];
	if (pthread_create(&thread, NULL, exchange, NULL))
		attack_failed("pthread_create");
	for (long left = atol(argv[3]); left > 0; left--)
		count[execute_once()]++;
	stop = 1;
	pthread_join(thread, NULL);
	printf("payload %ld, innocent %ld, refused %ld, other %ld\n", count[PAYLOAD], count[INNOCENT], count[REFUSED],
	       count[OTHER]);
	if (count[PAYLOAD])
		return ATTACK_WORKED;
	return count[REFUSED] && count[INNOCENT] ? ATTACK_REFUSED : ATTACK_BROKEN;
}
