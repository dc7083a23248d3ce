/* SPDX-License-Identifier: Apache-2.0 */
/*
 * image_race LOAD SWAP GOOD BAD FOLDER MILLISECONDS: loads a name in FOLDER again and again while a thread makes it lead to
 * GOOD and to BAD in turn. They differ in their last byte only, so that one look at what was loaded tells which it was.
 *
 * LOAD: exec (of payload-tiny), mmap, mprotect, module (dummy). SWAP: symlink, exchange, rename: the name changes; write, mapping:
 * the content does; memfd: that of a file in memory, by the descriptor that made it, which counts as no writer.
 *
 * With 0 MILLISECONDS it ends as soon as BAD was loaded.
 *
 * Prints `good N, bad N, refused N, other N`. 0: BAD was loaded; 1: it was not, and a load was refused and one not; 2: nothing shown.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>
#include "image.h"

enum { ENOUGH = 40, PATIENCE_MS = 20000 };

enum outcome { GOOD, BAD, REFUSED, OTHER, OUTCOMES };

static atomic_bool stop;
static char name[4000], spare[4096], good[4096], bad[4096];
static char last[2]; /* last byte of GOOD and of BAD */
static off_t size;

static int copy(const char *from, const char *to, char *byte)
{
	char buffer[65536];
	int in = attack_open(from, O_RDONLY), out = open(to, O_RDWR | O_CREAT | O_TRUNC, 0755);

	answer_need(to, out);
	size = read(in, buffer, sizeof(buffer));
	answer_need("write", size > 0 && write(out, buffer, size) == size ? 0 : -1);
	*byte = buffer[size - 1];
	close(in);
	return out;
}

static void swap_symlink(int round)
{
	unlink(spare);
	answer_need("symlink", symlink(round & 1 ? bad : good, spare));
	answer_need("rename", rename(spare, name));
}

static void swap_rename(int round)
{
	unlink(spare);
	answer_need("link", link(round & 1 ? bad : good, spare));
	/* Two names of one file: rename would do nothing. It is another one each time. */
	answer_need("rename", rename(spare, name));
}

static void swap_exchange(int round)
{
	(void)round;
	answer_need("renameat2", renameat2(AT_FDCWD, spare, AT_FDCWD, name, RENAME_EXCHANGE));
}

static int written = -1;
static char *memory;

static void swap_write(int round)
{
	answer_need("pwrite", pwrite(written, &last[round & 1], 1, size - 1));
}

static void swap_mapping(int round)
{
	memory[size - 1] = last[round & 1];
}

static void *swap(void *way)
{
	void (*once)(int round) = (void (*)(int))way;

	for (int round = 0; !stop; round++)
		once(round);
	return NULL;
}

static void *prepare(const char *way)
{
	char ignored;

	unlink(name);
	close(copy(good, name, &ignored));
	if (!strcmp(way, "exchange")) {
		close(copy(bad, spare, &ignored));
		return swap_exchange;
	}
	if (!strcmp(way, "symlink"))
		return swap_symlink;
	if (!strcmp(way, "rename"))
		return swap_rename;
	if (!strcmp(way, "memfd")) {
		written = attack_memfd(good);
		snprintf(name, sizeof(name), "/proc/self/fd/%d", written);
		return swap_write;
	}
	written = attack_open(name, O_RDWR);
	if (!strcmp(way, "write"))
		return swap_write;
	if (strcmp(way, "mapping"))
		attack_usage("SWAP: symlink, exchange, rename, write, mapping, memfd");
	memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, written, 0);
	answer_need("mmap", memory == MAP_FAILED ? -1 : 0);
	return swap_mapping;
}

static enum outcome failed(void)
{
	return errno == EPERM || errno == EACCES ? REFUSED : OTHER;
}

static enum outcome load_mapped(int first)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC);
	char *mapped = fd < 0 ? MAP_FAILED : mmap(NULL, size, first, MAP_PRIVATE, fd, 0);
	enum outcome outcome = OTHER;

	if (mapped == MAP_FAILED || (!(first & PROT_EXEC) && mprotect(mapped, size, PROT_READ | PROT_EXEC)))
		outcome = failed();
	else
		outcome = mapped[size - 1] == last[0] ? GOOD : BAD;
	if (mapped != MAP_FAILED)
		munmap(mapped, size);
	close(fd);
	return outcome;
}

/* A child that has executed it is looked at from outside: its own file is the one that runs. */
static enum outcome load_exec(void)
{
	int status, fd;
	char link[64], byte = 0;
	int ends[2], hold[2];
	enum outcome outcome;
	pid_t child;

	answer_need("pipe", pipe2(ends, O_CLOEXEC) | pipe2(hold, 0));
	child = fork();
	answer_need("fork", child);
	if (!child) {
		dup2(hold[0], STDIN_FILENO);
		dup2(attack_open("/dev/null", O_WRONLY | O_CLOEXEC), STDOUT_FILENO);
		execl(name, name, "-", NULL);
		status = errno;
		_exit(write(ends[1], &status, sizeof(status)) < 0);
	}
	close(ends[1]);
	close(hold[0]);
	if (read(ends[0], &status, sizeof(status)) == sizeof(status)) {
		errno = status;
		outcome = failed();
	} else {
		snprintf(link, sizeof(link), "/proc/%d/exe", child);
		fd = open(link, O_RDONLY | O_CLOEXEC);
		outcome = fd < 0 || pread(fd, &byte, 1, size - 1) != 1 ? OTHER : byte == last[0] ? GOOD : BAD;
		close(fd);
	}
	close(hold[1]);
	close(ends[0]);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	return outcome;
}

/* The last byte belongs to the signature: what is loaded with another one is marked as unsigned. */
static enum outcome load_module(void)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC), taint;
	long result = fd < 0 ? -1 : syscall(SYS_finit_module, fd, "", 0);
	enum outcome outcome = result ? failed() : OTHER;
	char text[16] = "";

	close(fd);
	if (!result) {
		taint = attack_open("/sys/module/dummy/taint", O_RDONLY | O_CLOEXEC);
		answer_need("read", read(taint, text, sizeof(text) - 1));
		close(taint);
		outcome = strchr(text, 'E') ? BAD : GOOD;
		answer_need("delete_module", syscall(SYS_delete_module, "dummy", O_NONBLOCK));
	}
	return outcome;
}

static enum outcome load_once(const char *way)
{
	if (!strcmp(way, "mmap"))
		return load_mapped(PROT_READ | PROT_EXEC);
	if (!strcmp(way, "mprotect"))
		return load_mapped(PROT_READ);
	if (!strcmp(way, "exec"))
		return load_exec();
	if (!strcmp(way, "module"))
		return load_module();
	attack_usage("LOAD: exec, mmap, mprotect, module");
}

static long long now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000ll + time.tv_nsec / 1000000;
}

int main(int argc, char **argv)
{
	long count[OUTCOMES] = {0};
	pthread_t thread;

	if (argc != 7)
		attack_usage("image_race LOAD SWAP GOOD BAD FOLDER MILLISECONDS");
	snprintf(name, sizeof(name), "%s/name", argv[5]);
	snprintf(spare, sizeof(spare), "%s/spare", argv[5]);
	snprintf(good, sizeof(good), "%s/good", argv[5]);
	snprintf(bad, sizeof(bad), "%s/bad", argv[5]);
	close(copy(argv[3], good, &last[0]));
	close(copy(argv[4], bad, &last[1]));
	answer_need("pthread_create", -pthread_create(&thread, NULL, swap, prepare(argv[2])));
	/* On a busy machine a few loads are all that there is time for; then it takes longer. */
	for (long long loads = 0, begin = now(), end = begin + atol(argv[6]), last_end = begin + PATIENCE_MS;
	     begin == end ? !count[BAD] && now() < last_end : now() < end || (loads < ENOUGH && now() < last_end); loads++)
		count[load_once(argv[1])]++;
	stop = 1;
	pthread_join(thread, NULL);
	printf("good %ld, bad %ld, refused %ld, other %ld\n", count[GOOD], count[BAD], count[REFUSED], count[OTHER]);
	if (count[BAD])
		return ATTACK_WORKED;
	return count[REFUSED] && count[GOOD] ? ATTACK_REFUSED : ATTACK_BROKEN;
}
