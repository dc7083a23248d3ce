/* SPDX-License-Identifier: Apache-2.0 */
/* mapexec FILE: maps FILE executable at once, as the dynamic loader does. */
#include "attack.h"

int main(int argc, char **argv)
{
	if (argc != 2)
		attack_usage("mapexec FILE");
	int fd = attack_open(argv[1], O_RDONLY);

	if (mmap(NULL, attack_size(fd), PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0) == MAP_FAILED)
		attack_failed("mmap");
	attack_mapped();
}
