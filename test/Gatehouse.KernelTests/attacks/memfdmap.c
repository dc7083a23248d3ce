/* SPDX-License-Identifier: Apache-2.0 */
/* memfdmap FILE: copies FILE into memory and maps that executable, as a loader of in-memory libraries does. */
#include "attack.h"

int main(int argc, char **argv)
{
	if (argc != 2)
		attack_usage("memfdmap FILE");
	int fd = attack_memfd(argv[1]);

	if (mmap(NULL, attack_size(fd), PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0) == MAP_FAILED)
		attack_failed("mmap");
	attack_mapped();
}
