/* SPDX-License-Identifier: Apache-2.0 */
/*
 * holder KIND PID: opens a pidfd of process PID, says "ready", and uses it once for each line of its input: what was
 * opened before a policy came must not be a way around it. After each use it says how that went (answer.h). The kinds:
 * "signal", "descriptor". For other things that are opened first see the ways of right_attempt that end in -old.
 */
#include <signal.h>
#include <sys/syscall.h>
#include "answer.h"

int main(int argc, char **argv)
{
	char line[16];

	if (argc != 3 || (strcmp(argv[1], "signal") && strcmp(argv[1], "descriptor")))
		attack_usage("holder signal|descriptor PID");
	int fd = syscall(SYS_pidfd_open, atoi(argv[2]), 0);

	answer_need("pidfd_open", fd);
	puts("ready");
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin)) {
		if (!strcmp(argv[1], "signal")) {
			answer("pidfd_send_signal", syscall(SYS_pidfd_send_signal, fd, SIGURG, NULL, 0));
		} else {
			int copy = syscall(SYS_pidfd_getfd, fd, 0, 0);

			answer("pidfd_getfd", copy);
			if (copy >= 0)
				close(copy);
		}
	}
	return 0;
}
