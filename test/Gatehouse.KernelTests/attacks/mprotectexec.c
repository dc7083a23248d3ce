/* SPDX-License-Identifier: Apache-2.0 */
/* mprotectexec FILE: maps FILE readable, and makes the mapping executable afterwards. */
#include "attack.h"

int main(int argc, char **argv)
{
	if (argc != 2)
		attack_usage("mprotectexec FILE");
	int fd = attack_open(argv[1], O_RDONLY);
	size_t size = attack_size(fd);
	void *mapping = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);

	if (mapping == MAP_FAILED)
		attack_failed("mmap");
	if (mprotect(mapping, size, PROT_READ | PROT_EXEC))
		attack_failed("mprotect");
	attack_mapped();
}
