/* SPDX-License-Identifier: Apache-2.0 */
/* deletedexec FILE ARGS...: opens FILE, REMOVES that name, and executes what it still holds open. Give it a copy. */
#include "attack.h"
#include <sys/syscall.h>

int main(int argc, char **argv, char **environment)
{
	if (argc < 2)
		attack_usage("deletedexec FILE ARGS...   (FILE is removed)");
	int fd = attack_open(argv[1], O_RDONLY);

	if (unlink(argv[1])) {
		perror("broken: unlink");
		return ATTACK_BROKEN;
	}
	syscall(SYS_execveat, fd, "", argv + 1, environment, AT_EMPTY_PATH);
	attack_failed("execveat");
}
