// SPDX-License-Identifier: Apache-2.0
// verity FILE [mapped]: protects the file with fs-verity (SHA-256, blocks of a page) and prints its digest. Not an attack: preparation.
// "mapped": somebody maps it to write to it before, and so could have pinned its memory.
#include <fcntl.h>
#include <linux/fsverity.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

/* 0 if it was mapped, and nobody has it open or mapped to write to it any more: fs-verity would refuse it. */
static int map_to_write(const char *path)
{
	int file = open(path, O_RDWR | O_CLOEXEC);
	void *memory = file < 0 ? MAP_FAILED : mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);

	return memory == MAP_FAILED || munmap(memory, 4096) || close(file);
}

int main(int argc, char **argv)
{
	struct fsverity_enable_arg enable = {
	    .version = 1, .hash_algorithm = FS_VERITY_HASH_ALG_SHA256, .block_size = 4096};
	struct fsverity_digest *digest = calloc(1, sizeof(*digest) + 64);
	int mapped = argc == 3 && !strcmp(argv[2], "mapped"), file = -1;

	if (digest && (argc == 2 || (mapped && !map_to_write(argv[1]))))
		file = open(argv[1], O_RDONLY | O_CLOEXEC);
	if (file < 0 || ioctl(file, FS_IOC_ENABLE_VERITY, &enable)) {
		perror("verity");
		return 1;
	}
	digest->digest_size = 64;
	if (ioctl(file, FS_IOC_MEASURE_VERITY, digest) || digest->digest_size != 32) {
		perror("measure");
		return 1;
	}
	for (int i = 0; i < 32; i++)
		printf("%02x", digest->digest[i]);
	putchar('\n');
	return 0;
}
