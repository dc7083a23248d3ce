/* SPDX-License-Identifier: Apache-2.0 */
/*
 * image_kexec KERNEL [WAY...]: loads a kernel that the next reboot could start, and unloads it again (image.h). It is NEVER
 * started: the program makes no reboot, and nothing is loaded when it ends.
 */
#include <linux/kexec.h>
#include "image.h"

static void unload(void)
{
	syscall(SYS_kexec_file_load, -1, -1, 0, NULL, KEXEC_FILE_UNLOAD);
}

static void load_files(int kernel, int initrd)
{
	int flags = initrd < 0 ? KEXEC_FILE_NO_INITRAMFS : 0;

	if (syscall(SYS_kexec_file_load, kernel, initrd, 1ul, "", flags))
		attack_failed("kexec_file_load");
	unload();
	exit(ATTACK_WORKED);
}

static void by_file(const char *path)
{
	load_files(attack_open(path, O_RDONLY), -1);
}

static void by_memfd(const char *path)
{
	load_files(attack_memfd(path), -1);
}

static void by_socket(const char *path)
{
	load_files(scm_open(path), -1);
}

static void by_unlinked(const char *path)
{
	load_files(image_unlinked(path), -1);
}

/* The initial file system is what is wanted; the kernel is another file, PATH.kernel. */
static void by_initramfs(const char *path)
{
	char kernel[4096];

	snprintf(kernel, sizeof(kernel), "%s.kernel", path);
	load_files(attack_open(kernel, O_RDONLY), attack_open(path, O_RDONLY));
}

/* A segment of memory: no file is known to anybody. */
static void by_segments(const char *path)
{
	static char page[4096];
	struct kexec_segment segment = {
	    .buf = page, .bufsz = sizeof(page), .mem = (void *)0x4000000, .memsz = sizeof(page)};

	(void)path;
	if (syscall(SYS_kexec_load, 0x4000000ul, 1ul, &segment, KEXEC_ARCH_DEFAULT))
		attack_failed("kexec_load");
	/* Some kernels ask about unloading, too. */
	if (syscall(SYS_kexec_load, 0ul, 0ul, NULL, KEXEC_ARCH_DEFAULT))
		unload();
}

static const struct image_way ways[] = {
    {"kexec-file-load", by_file}, {"memfd", by_memfd},	       {"scm-rights", by_socket},
    {"unlinked", by_unlinked},	  {"initramfs", by_initramfs}, {"kexec-load", by_segments},
};

int main(int argc, char **argv)
{
	if (argc < 2)
		attack_usage("image_kexec KERNEL [WAY...]");
	return image_ways(ways, sizeof(ways) / sizeof(*ways), argv[1], argv + 2);
}
