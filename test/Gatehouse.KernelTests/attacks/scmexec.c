/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scmexec FILE: another process opens FILE and hands the descriptor over a socket; this process, which never named the
 * file, maps it executable. scmexec --exec FILE ARGS...: the same, and executes it.
 */
#include <sys/syscall.h>
#include "scm.h"

int main(int argc, char **argv, char **environment)
{
	int executes = argc > 2 && !strcmp(argv[1], "--exec");
	char **file = argv + (executes ? 2 : 1);

	if (!executes && argc != 2)
		attack_usage("scmexec FILE | scmexec --exec FILE ARGS...");
	int fd = scm_open(*file);

	if (executes) {
		syscall(SYS_execveat, fd, "", file, environment, AT_EMPTY_PATH);
		attack_failed("execveat");
	}
	if (mmap(NULL, attack_size(fd), PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0) == MAP_FAILED)
		attack_failed("mmap");
	attack_mapped();
}
