/* SPDX-License-Identifier: Apache-2.0 */
/*
 * image_module FILE [WAY...]: tries each way in which a kernel module can be loaded, and unloads it (image.h). FILE is the module
 * dummy of the running kernel, by whatever name: it does nothing and needs no other.
 */
#include <linux/module.h>
#include "image.h"

#ifndef MODULE_INIT_COMPRESSED_FILE
#define MODULE_INIT_COMPRESSED_FILE 4
#endif

/* The answer, and the state of before. */
static void loaded(const char *call, long result)
{
	if (result)
		attack_failed(call);
	answer_need("delete_module", syscall(SYS_delete_module, "dummy", O_NONBLOCK));
	exit(ATTACK_WORKED);
}

static void load_fd(int fd, int flags)
{
	loaded("finit_module", syscall(SYS_finit_module, fd, "", flags));
}

static void by_finit(const char *path)
{
	load_fd(attack_open(path, O_RDONLY), 0);
}

static void by_finit_forced(const char *path)
{
	load_fd(attack_open(path, O_RDONLY), MODULE_INIT_IGNORE_MODVERSIONS | MODULE_INIT_IGNORE_VERMAGIC);
}

static void by_memfd(const char *path)
{
	load_fd(attack_memfd(path), 0);
}

static void by_socket(const char *path)
{
	load_fd(scm_open(path), 0);
}

static void by_uring_open(const char *path)
{
	load_fd(image_uring_open(path), 0);
}

static void by_proc_fd(const char *path)
{
	load_fd(image_reopen(path), 0);
}

static void by_unlinked(const char *path)
{
	load_fd(image_unlinked(path), 0);
}

static void by_init(const char *path)
{
	int fd = attack_open(path, O_RDONLY);
	size_t size = attack_size(fd);
	void *bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);

	answer_need("mmap", bytes == MAP_FAILED ? -1 : 0);
	loaded("init_module", syscall(SYS_init_module, bytes, size, ""));
}

/* Bytes that are in no mapping of a file. */
static void by_init_copied(const char *path)
{
	int fd = attack_open(path, O_RDONLY);
	size_t size = attack_size(fd);
	char *bytes = malloc(size);

	answer_need("read", read(fd, bytes, size) == (ssize_t)size ? 0 : -1);
	close(fd);
	loaded("init_module", syscall(SYS_init_module, bytes, size, ""));
}

static void by_program(const char *program, const char *argument)
{
	int status;
	pid_t child;

	if (access(program, X_OK))
		exit(ATTACK_UNSUPPORTED);
	child = fork();
	answer_need("fork", child);
	if (!child) {
		/* Its exit status is 1 whatever went wrong, and its text is not for a log of what is expected. */
		dup2(STDOUT_FILENO, STDERR_FILENO);
		execl(program, program, argument, NULL);
		_exit(ATTACK_BROKEN);
	}
	waitpid(child, &status, 0);
	errno = EPERM;
	loaded(program, status);
}

static void by_insmod(const char *path)
{
	by_program("/sbin/insmod", path);
}

static const struct image_way ways[] = {
    {"finit-module", by_finit},
    {"finit-module-forced", by_finit_forced},
    {"memfd", by_memfd},
    {"scm-rights", by_socket},
    {"io-uring-open", by_uring_open},
    {"proc-fd", by_proc_fd},
    {"unlinked", by_unlinked},
    {"init-module", by_init},
    {"init-module-copied", by_init_copied},
    {"insmod", by_insmod},
};

/* The kernel uncompresses the file itself. Not one of all ways: FILE must be compressed. */
static void by_finit_compressed(const char *path)
{
	int fd = attack_open(path, O_RDONLY);
	long result = syscall(SYS_finit_module, fd, "", MODULE_INIT_COMPRESSED_FILE);

	if (result && (errno == EOPNOTSUPP || errno == EINVAL))
		exit(ATTACK_UNSUPPORTED);
	loaded("finit_module of a compressed file", result);
}

int main(int argc, char **argv)
{
	if (argc < 2)
		attack_usage("image_module FILE [WAY... | finit-module-compressed]");
	if (argc == 3 && !strcmp(argv[2], "finit-module-compressed"))
		return image_ways(&(struct image_way){argv[2], by_finit_compressed}, 1, argv[1], argv + 2);
	return image_ways(ways, sizeof(ways) / sizeof(*ways), argv[1], argv + 2);
}
