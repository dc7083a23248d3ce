/* SPDX-License-Identifier: Apache-2.0 */
/*
 * image_executable FILE [WAY...]: tries each way in which FILE, a program that ends with status 0, can be executed (image.h).
 * Beside FILE it makes files of its own, and removes them. There is no way by io_uring: it opens files, and executes none.
 */
#include <libgen.h>
#include <sys/mount.h>
#include "image.h"

#define LOADER "/lib64/ld-linux-x86-64.so.2"

static void execute_fd(int fd)
{
	char *arguments[] = {"payload", NULL};

	syscall(SYS_execveat, fd, "", arguments, environ, AT_EMPTY_PATH);
	attack_failed("execveat");
}

static void by_execve(const char *path)
{
	execl(path, path, NULL);
	attack_failed("execve");
}

static void by_execveat(const char *path)
{
	char *folder = strdup(path), *name = strdup(path);
	char *arguments[] = {"payload", NULL};

	syscall(SYS_execveat, attack_open(dirname(folder), O_PATH | O_DIRECTORY), basename(name), arguments, environ,
		0);
	attack_failed("execveat");
}

static void by_descriptor(const char *path)
{
	execute_fd(attack_open(path, O_RDONLY));
}

static void by_opath(const char *path)
{
	execute_fd(attack_open(path, O_PATH));
}

static void by_memfd(const char *path)
{
	execute_fd(attack_memfd(path));
}

static void by_socket(const char *path)
{
	execute_fd(scm_open(path));
}

static void by_uring_open(const char *path)
{
	execute_fd(image_uring_open(path));
}

static void by_unlinked(const char *path)
{
	execute_fd(image_unlinked(path));
}

static void by_proc_fd(const char *path)
{
	char link[32];

	if (access("/proc/self/fd", F_OK))
		exit(ATTACK_UNSUPPORTED);
	snprintf(link, sizeof(link), "/proc/self/fd/%d", attack_open(path, O_PATH));
	by_execve(link);
}

static void by_vfork(const char *path)
{
	volatile int error = 0;
	int status;
	pid_t child = vfork();

	answer_need("vfork", child);
	if (!child) {
		execl(path, path, NULL);
		error = errno; /* the memory is the parent's */
		_exit(ATTACK_BROKEN);
	}
	errno = error;
	if (error)
		attack_failed("execve");
	waitpid(child, &status, 0);
	exit(WIFEXITED(status) ? WEXITSTATUS(status) : ATTACK_BROKEN);
}

static void by_loader(const char *path)
{
	int status;
	pid_t child;

	if (access(LOADER, X_OK))
		exit(ATTACK_UNSUPPORTED);
	child = fork();
	answer_need("fork", child);
	if (!child) {
		execl(LOADER, LOADER, path, NULL);
		attack_failed("execve of the loader");
	}
	/* The loader says 127 for whatever it cannot load. */
	waitpid(child, &status, 0);
	exit(!WIFEXITED(status) ? ATTACK_BROKEN : WEXITSTATUS(status) ? ATTACK_REFUSED : ATTACK_WORKED);
}

/* Makes PATH.name with this text, executable. */
static char *beside(const char *path, const char *name, const char *text)
{
	char *other;
	int fd;

	answer_need("asprintf", asprintf(&other, "%s.%s", path, name));
	fd = open(other, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
	answer_need("create", fd);
	answer_need("write", write(fd, text, strlen(text)));
	close(fd);
	return other;
}

/* Executes OTHER in a child, so that it can be removed again. */
static void execute_and_remove(const char *other)
{
	int status;
	pid_t child = fork();

	answer_need("fork", child);
	if (!child)
		by_execve(other);
	waitpid(child, &status, 0);
	unlink(other);
	exit(WIFEXITED(status) ? WEXITSTATUS(status) : ATTACK_BROKEN);
}

/* FILE is the interpreter of a script. */
static void by_script(const char *path)
{
	char line[4096];

	snprintf(line, sizeof(line), "#!%s\n", path);
	execute_and_remove(beside(path, "script", line));
}

/* FILE interprets by the rule of a binfmt_misc handler. With F it is opened when the handler is registered. */
static void by_handler(const char *path, const char *flags)
{
	char folder[] = "/tmp/binfmt-XXXXXX", file[64], line[4096];
	int control, status;
	pid_t child;

	answer_need("mkdtemp", mkdtemp(folder) ? 0 : -1);
	if (mount("binfmt_misc", folder, "binfmt_misc", 0, NULL))
		exit(errno == ENODEV ? ATTACK_UNSUPPORTED : ATTACK_BROKEN);
	snprintf(file, sizeof(file), "%s/register", folder);
	control = attack_open(file, O_WRONLY);
	snprintf(line, sizeof(line), ":gatehouse:E::gatehouse::%s:%s", path, flags);
	if (write(control, line, strlen(line)) < 0) {
		int error = errno;

		umount2(folder, MNT_DETACH);
		rmdir(folder);
		errno = error;
		attack_failed("register");
	}
	child = fork();
	answer_need("fork", child);
	if (!child)
		execute_and_remove(beside(path, "gatehouse", "no magic"));
	waitpid(child, &status, 0);
	snprintf(file, sizeof(file), "%s/gatehouse", folder);
	answer_need("unregister", write(attack_open(file, O_WRONLY), "-1", 2));
	umount2(folder, MNT_DETACH);
	rmdir(folder);
	exit(WIFEXITED(status) ? WEXITSTATUS(status) : ATTACK_BROKEN);
}

static void by_binfmt(const char *path)
{
	by_handler(path, "");
}

static void by_binfmt_open(const char *path)
{
	by_handler(path, "F");
}

/* The kernel itself executes FILE, for the core of a process that crashes. It says to nobody whether it could. */
static void by_core(const char *path)
{
	char before[256], pattern[256], *mark;
	int control, length, found;
	pid_t child;

	if (access("/proc/sys/kernel/core_pattern", W_OK))
		exit(ATTACK_UNSUPPORTED);
	answer_need("asprintf", asprintf(&mark, "/tmp/gatehouse-core-%d", getpid()));
	control = attack_open("/proc/sys/kernel/core_pattern", O_RDWR);
	length = pread(control, before, sizeof(before), 0);
	answer_need("read core_pattern", length);
	if (snprintf(pattern, sizeof(pattern), "|%s %s", path, mark) > 127)
		exit(ATTACK_UNSUPPORTED); /* what core_pattern holds */
	answer_need("write core_pattern", pwrite(control, pattern, strlen(pattern), 0));
	child = fork();
	answer_need("fork", child);
	if (!child)
		abort();
	waitpid(child, NULL, 0);
	answer_need("restore core_pattern", pwrite(control, before, length, 0));
	for (int i = 0; (found = !access(mark, F_OK)) == 0 && i < 30; i++)
		usleep(10000);
	unlink(mark);
	exit(found ? ATTACK_WORKED : ATTACK_REFUSED);
}

static const struct image_way ways[] = {
    {"execve", by_execve},
    {"execveat", by_execveat},
    {"execveat-fd", by_descriptor},
    {"execveat-opath", by_opath},
    {"proc-fd", by_proc_fd},
    {"vfork", by_vfork},
    {"memfd", by_memfd},
    {"scm-rights", by_socket},
    {"io-uring-open", by_uring_open},
    {"unlinked", by_unlinked},
    {"loader", by_loader},
    {"interpreter", by_script},
    {"binfmt-misc", by_binfmt},
    {"binfmt-misc-open", by_binfmt_open},
    {"core-pattern", by_core},
};

int main(int argc, char **argv)
{
	if (argc < 2)
		attack_usage("image_executable FILE [WAY...]");
	return image_ways(ways, sizeof(ways) / sizeof(*ways), argv[1], argv + 2);
}
