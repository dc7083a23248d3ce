/* SPDX-License-Identifier: Apache-2.0 */
/*
 * copyupmap FILE: on overlayfs, opens FILE while it is still in the lower layer, makes it be copied up by writing to it,
 * and maps the old descriptor executable: what is mapped is the lower content, what reading gives is the upper.
 */
#include "attack.h"

int main(int argc, char **argv)
{
	if (argc != 2)
		attack_usage("copyupmap FILE");
	int old = attack_open(argv[1], O_RDONLY | O_CLOEXEC);
	int writer = attack_open(argv[1], O_WRONLY | O_APPEND | O_CLOEXEC);

	if (write(writer, "x", 1) != 1)
		attack_failed("write");
	close(writer);
	if (mmap(NULL, attack_size(old), PROT_READ | PROT_EXEC, MAP_PRIVATE, old, 0) == MAP_FAILED)
		attack_failed("mmap");
	attack_mapped();
}
