// SPDX-License-Identifier: Apache-2.0
// verity FILE: protects the file with fs-verity (SHA-256, blocks of a page) and prints its digest. Not an attack: preparation.
#include <fcntl.h>
#include <linux/fsverity.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct fsverity_enable_arg enable = {.version = 1, .hash_algorithm = FS_VERITY_HASH_ALG_SHA256, .block_size = 4096};
	struct fsverity_digest *digest = calloc(1, sizeof(*digest) + 64);
	int file = argc == 2 && digest ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;

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
