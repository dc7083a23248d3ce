/* SPDX-License-Identifier: Apache-2.0 */
/*
 * image_firmware MODULE: loads a module that `firmware_module` has built, which asks for its firmware and ends. Says `granted` if the
 * firmware was there, `refused EPERM` if the kernel may not read it (answer.h).
 */
#include <sys/syscall.h>
#include "answer.h"

int main(int argc, char **argv)
{
	if (argc != 2)
		attack_usage("image_firmware MODULE");
	long result = syscall(SYS_finit_module, attack_open(argv[1], O_RDONLY), "", 0);

	if (result && errno == ECANCELED)
		answer_granted();
	else if (result && errno == ENOENT)
		/* Refused in one folder, the kernel looks in the next, and says at last that there is none. It was there before. */
		puts("refused EPERM");
	else
		answer("request of firmware", result ? result : (errno = EINVAL, -1));
	return 0;
}
