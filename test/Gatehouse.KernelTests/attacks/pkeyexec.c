/* SPDX-License-Identifier: Apache-2.0 */
/* pkeyexec FILE: as mprotectexec, by the system call that also takes a protection key. */
#include "attack.h"
#include <sys/syscall.h>

int main(int argc, char **argv)
{
	if (argc != 2)
		attack_usage("pkeyexec FILE");
	int fd = attack_open(argv[1], O_RDONLY);
	size_t size = attack_size(fd);
	void *mapping = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);

	if (mapping == MAP_FAILED)
		attack_failed("mmap");
	/* Key -1 is "no key": it works on processors without protection keys too. */
	if (syscall(SYS_pkey_mprotect, mapping, size, PROT_READ | PROT_EXEC, -1))
		attack_failed("pkey_mprotect");
	attack_mapped();
}
