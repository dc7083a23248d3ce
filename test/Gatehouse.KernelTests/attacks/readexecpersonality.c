/* SPDX-License-Identifier: Apache-2.0 */
/*
 * readexecpersonality FILE: asks for a readable mapping only, in the personality in which the kernel makes each
 * readable mapping executable too. A gate that looks at what was asked for, and not at what is given, misses it.
 */
#include "attack.h"
#include <inttypes.h>
#include <sys/personality.h>

/* Whether /proc/self/maps says that the mapping at this address is executable. */
static int is_executable(const void *address)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[4352]; /* a path of PATH_MAX and the columns before it */
	int executable = 0;

	while (maps && fgets(line, sizeof(line), maps)) {
		uintptr_t start, end;
		char rights[5];

		if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %4s", &start, &end, rights) == 3 &&
		    start <= (uintptr_t)address && (uintptr_t)address < end)
			executable = rights[2] == 'x';
	}
	if (maps)
		fclose(maps);
	return executable;
}

int main(int argc, char **argv)
{
	if (argc != 2)
		attack_usage("readexecpersonality FILE");
	if (personality(READ_IMPLIES_EXEC) < 0)
		attack_failed("personality");
	int fd = attack_open(argv[1], O_RDONLY);
	void *mapping = mmap(NULL, attack_size(fd), PROT_READ, MAP_PRIVATE, fd, 0);

	if (mapping == MAP_FAILED)
		attack_failed("mmap");
	if (!is_executable(mapping)) {
		fputs("broken: the mapping is not executable\n", stderr);
		return ATTACK_BROKEN;
	}
	attack_mapped();
}
