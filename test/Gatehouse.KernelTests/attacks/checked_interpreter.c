/* SPDX-License-Identifier: Apache-2.0 */
/*
 * checked_interpreter FILE: an interpreter that asks the kernel whether FILE may be executed, and executes nothing (execveat with
 * AT_EXECVE_CHECK, Linux 6.14). Ends as attack.h says; 3: this kernel cannot be asked. With `-` for FILE: its standard input.
 */
#include <sys/syscall.h>
#include "attack.h"

#ifndef AT_EXECVE_CHECK
#define AT_EXECVE_CHECK 0x10000
#endif

int main(int argc, char **argv, char **environment)
{
	if (argc != 2)
		attack_usage("checked_interpreter FILE|-");
	int fd = strcmp(argv[1], "-") ? attack_open(argv[1], O_RDONLY | O_CLOEXEC) : STDIN_FILENO;

	if (syscall(SYS_execveat, fd, "", argv, environment, AT_EMPTY_PATH | AT_EXECVE_CHECK)) {
		if (errno == EINVAL) {
			fputs("unsupported: this kernel does not know AT_EXECVE_CHECK\n", stderr);
			return ATTACK_UNSUPPORTED;
		}
		attack_failed("execveat");
	}
	puts("script ran");
	return ATTACK_WORKED;
}
