/* SPDX-License-Identifier: Apache-2.0 */
/*
 * memfdswap FIRST SECOND: maps FIRST executable from memory, writes SECOND over it through the descriptor that
 * memfd_create returned, keeps size and times if it can, and maps that. A remembered verdict on the first would be wrong.
 */
#include "attack.h"

static void map(int fd)
{
	size_t size = attack_size(fd);
	void *address = mmap(NULL, size, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);

	if (address == MAP_FAILED)
		attack_failed("mmap");
	munmap(address, size);
}

int main(int argc, char **argv)
{
	if (argc != 3)
		attack_usage("memfdswap FIRST SECOND");
	int first = attack_memfd(argv[1]), second = attack_memfd(argv[2]);
	size_t size = attack_size(second);
	struct stat before;
	void *content;

	map(first);
	fstat(first, &before);
	content = mmap(NULL, size, PROT_READ, MAP_PRIVATE, second, 0);
	if (content == MAP_FAILED || ftruncate(first, size) || pwrite(first, content, size, 0) != (ssize_t)size) {
		fputs("broken: the content could not be replaced\n", stderr);
		return ATTACK_BROKEN;
	}
	futimens(first, (struct timespec[]){before.st_atim, before.st_mtim});
	map(first);
	attack_mapped();
}
