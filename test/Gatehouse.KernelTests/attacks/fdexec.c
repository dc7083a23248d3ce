/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fdexec FILE ARGS...: executes an open file, so that no path is given at the time of the exec. A descriptor of O_PATH
 * is tried first, because it never passed a check for reading; where that fails for another reason, O_RDONLY.
 */
#include "attack.h"
#include <sys/syscall.h>

int main(int argc, char **argv, char **environment)
{
	if (argc < 2)
		attack_usage("fdexec FILE ARGS...");
	syscall(SYS_execveat, attack_open(argv[1], O_PATH), "", argv + 1, environment, AT_EMPTY_PATH);
	if (errno != EPERM && errno != EACCES)
		perror("execveat of an O_PATH descriptor");
	syscall(SYS_execveat, attack_open(argv[1], O_RDONLY), "", argv + 1, environment, AT_EMPTY_PATH);
	attack_failed("execveat");
}
