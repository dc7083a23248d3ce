/* SPDX-License-Identifier: Apache-2.0 */
/*
 * image_library FILE [WAY...]: tries each way in which FILE can become executable memory of a running process (image.h). Those by
 * the dynamic loader need FILE to be libpayload.so, and the programs that lie beside this one.
 */
#include <sys/personality.h>
#include "image.h"

enum { READ = PROT_READ, RUN = PROT_READ | PROT_EXEC };

static void *map(int fd, int protection, int flags)
{
	void *memory = mmap(NULL, attack_size(fd), protection, flags, fd, 0);

	if (memory == MAP_FAILED)
		attack_failed("mmap");
	return memory;
}

static void make_executable(void *memory, size_t size)
{
	if (mprotect(memory, size, RUN))
		attack_failed("mprotect");
}

static void by_mmap(const char *path)
{
	map(attack_open(path, O_RDONLY), RUN, MAP_PRIVATE);
}

static void by_shared(const char *path)
{
	map(attack_open(path, O_RDONLY), RUN, MAP_SHARED);
}

static void by_memfd(const char *path)
{
	map(attack_memfd(path), RUN, MAP_PRIVATE);
}

static void by_socket(const char *path)
{
	map(scm_open(path), RUN, MAP_PRIVATE);
}

static void by_uring_open(const char *path)
{
	map(image_uring_open(path), RUN, MAP_PRIVATE);
}

static void by_proc_fd(const char *path)
{
	map(image_reopen(path), RUN, MAP_PRIVATE);
}

static void by_unlinked(const char *path)
{
	map(image_unlinked(path), RUN, MAP_PRIVATE);
}

static void by_mprotect(const char *path)
{
	int fd = attack_open(path, O_RDONLY);

	make_executable(map(fd, READ, MAP_PRIVATE), attack_size(fd));
}

static void by_shared_mprotect(const char *path)
{
	int fd = attack_open(path, O_RDONLY);

	make_executable(map(fd, READ, MAP_SHARED), attack_size(fd));
}

static void by_pkey(const char *path)
{
	int fd = attack_open(path, O_RDONLY);

	/* Key -1 is "no key": it works on processors without protection keys too. */
	if (syscall(SYS_pkey_mprotect, map(fd, READ, MAP_PRIVATE), attack_size(fd), RUN, -1))
		attack_failed("pkey_mprotect");
}

/* Mapped, then the descriptor is closed: the mapping alone holds the file. */
static void by_closed(const char *path)
{
	int fd = attack_open(path, O_RDONLY);
	size_t size = attack_size(fd);
	void *memory = map(fd, READ, MAP_PRIVATE);

	close(fd);
	make_executable(memory, size);
}

/* Moved to another address between mapping and making executable. */
static void by_mremap(const char *path)
{
	int fd = attack_open(path, O_RDONLY);
	size_t size = attack_size(fd);
	void *memory = map(fd, READ, MAP_PRIVATE);
	void *place = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	void *moved = mremap(memory, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, place);

	if (moved == MAP_FAILED)
		attack_failed("mremap");
	make_executable(moved, size);
}

/* Copied by mremap: an old size of 0 makes a second mapping of a shared one. */
static void by_mremap_copy(const char *path)
{
	int fd = attack_open(path, O_RDONLY);
	size_t size = attack_size(fd);
	void *copy = mremap(map(fd, READ, MAP_SHARED), 0, size, MREMAP_MAYMOVE);

	if (copy == MAP_FAILED)
		attack_failed("mremap");
	make_executable(copy, size);
}

/* Of memory that its maker can still write to. */
static void by_memfd_shared(const char *path)
{
	map(attack_memfd(path), RUN, MAP_SHARED);
}

static void by_memfd_mprotect(const char *path)
{
	int fd = attack_memfd(path);

	make_executable(map(fd, READ, MAP_PRIVATE), attack_size(fd));
}

/* Somebody has the file open for writing meanwhile. */
static void by_open(const char *path)
{
	attack_open(path, O_RDWR);
	by_mmap(path);
}

static void by_open_shared(const char *path)
{
	attack_open(path, O_RDWR);
	by_shared(path);
}

static void by_open_mprotect(const char *path)
{
	attack_open(path, O_RDWR);
	by_mprotect(path);
}

/* Only of a mapping that could be written through. On tmpfs nobody vouches for FILE from now on. */
static void by_remap_file_pages(const char *path)
{
	int fd = attack_open(path, O_RDWR);
	size_t size = (attack_size(fd) + 4095) & ~4095ul;
	void *memory = map(fd, READ, MAP_SHARED);

	if (syscall(SYS_remap_file_pages, memory, 4096, 0, 0, 0))
		attack_failed("remap_file_pages");
	make_executable(memory, size);
}

/* Somebody has mapped it to write to it, which is over: but for memory that was pinned. On tmpfs nobody vouches for FILE from now on. */
static void by_written_mprotect(const char *path)
{
	int fd = attack_open(path, O_RDWR);
	void *memory = map(fd, PROT_READ | PROT_WRITE, MAP_SHARED);

	answer_need("munmap", munmap(memory, attack_size(fd)));
	close(fd);
	by_mprotect(path);
}

/* A readable mapping is asked for, and the personality makes it executable. */
static void by_personality(const char *path)
{
	answer_need("personality", personality(READ_IMPLIES_EXEC));
	map(attack_open(path, O_RDONLY), READ, MAP_PRIVATE);
}

/* The file of a mapping, opened by way of the mapping. */
static void by_map_files(const char *path)
{
	int fd = attack_open(path, O_RDONLY);
	size_t size = attack_size(fd);
	char *memory = map(fd, READ, MAP_PRIVATE), name[80];

	if (access("/proc/self/map_files", F_OK))
		exit(ATTACK_UNSUPPORTED);
	snprintf(name, sizeof(name), "/proc/self/map_files/%lx-%lx", (unsigned long)memory,
		 (unsigned long)memory + ((size + 4095) & ~4095ul));
	map(attack_open(name, O_RDONLY), RUN, MAP_PRIVATE);
}

/* The child makes executable what its parent has mapped. */
static void by_fork(const char *path)
{
	int fd = attack_open(path, O_RDONLY), status;
	size_t size = attack_size(fd);
	void *memory = map(fd, READ, MAP_PRIVATE);
	pid_t child = fork();

	answer_need("fork", child);
	if (!child) {
		make_executable(memory, size);
		_exit(0);
	}
	waitpid(child, &status, 0);
	exit(WIFEXITED(status) ? WEXITSTATUS(status) : ATTACK_BROKEN);
}

/* Runs a program of this folder, or of the system; granted if the library's constructor ran. */
static void by_running(const char *program, const char *argument, const char *variable, const char *value)
{
	char own[4096], file[4200], output[4096];
	ssize_t length = readlink("/proc/self/exe", own, sizeof(own) - 1), step;
	int ends[2];
	pid_t child;

	if (length < 0)
		exit(ATTACK_UNSUPPORTED); /* in a chroot, which has no loader either */
	own[length] = '\0';
	*strrchr(own, '/') = '\0';
	if (*program == '/')
		snprintf(file, sizeof(file), "%s", program);
	else
		snprintf(file, sizeof(file), "%s/%s", own, program);
	answer_need("pipe", pipe(ends));
	child = fork();
	answer_need("fork", child);
	if (!child) {
		dup2(ends[1], STDOUT_FILENO);
		dup2(ends[1], STDERR_FILENO);
		close(ends[0]);
		close(ends[1]);
		if (variable)
			setenv(variable, value, 1);
		execl(file, file, argument, NULL);
		_exit(ATTACK_BROKEN);
	}
	close(ends[1]);
	for (length = 0; (step = read(ends[0], output + length, sizeof(output) - 1 - length)) > 0;)
		length += step;
	output[length] = '\0';
	waitpid(child, NULL, 0);
	if (strstr(output, "library ran"))
		exit(ATTACK_WORKED);
	/* The loader has no error number: this is its text for a mapping that the kernel refused. */
	if (strstr(output, "failed to map segment"))
		exit(ATTACK_REFUSED);
	fprintf(stderr, "broken: %s: %s\n", file, output);
	exit(ATTACK_BROKEN);
}

static void by_dlopen(const char *path)
{
	by_running("dlopener", path, NULL, NULL);
}

static void by_preload(const char *path)
{
	by_running("/bin/true", NULL, "LD_PRELOAD", path);
}

static void by_audit(const char *path)
{
	by_running("/bin/true", NULL, "LD_AUDIT", path);
}

/* The library that a program is linked with, found by its folder. */
static void by_needed(const char *path)
{
	char *folder = strdup(path), *slash = strrchr(folder, '/');

	if (!slash || strcmp(slash, "/libpayload.so"))
		exit(ATTACK_UNSUPPORTED); /* the loader looks for that name only */
	*slash = '\0';
	by_running("needer", NULL, "LD_LIBRARY_PATH", folder);
}

static void by_replaced_memory(const char *path, int from)
{
	int fd = attack_open(path, O_RDONLY);
	size_t size = attack_size(fd);
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | (from < 0 ? MAP_ANONYMOUS : 0), from, 0);

	if (memory == MAP_FAILED)
		attack_failed("mmap");
	answer_need("read", read(fd, memory, size < 4096 ? size : 4096));
	make_executable(memory, 4096);
}

/* What class memory will decide: the content is copied into memory of no file, or into copied pages of an innocent one. */
static void by_anonymous(const char *path)
{
	by_replaced_memory(path, -1);
}

/* The innocent file is one whose hash can be known, beside FILE; it stays there. */
static void by_dirty_private(const char *path)
{
	char innocent[4096];
	int fd;

	snprintf(innocent, sizeof(innocent), "%s.innocent.so", path);
	fd = open(innocent, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
	answer_need("create", fd);
	answer_need("ftruncate", ftruncate(fd, 65536));
	close(fd);
	by_replaced_memory(path, attack_open(innocent, O_RDONLY));
}

static const struct image_way ways[] = {
    {"mmap", by_mmap},
    {"mmap-shared", by_shared},
    {"mprotect", by_mprotect},
    {"mprotect-shared", by_shared_mprotect},
    {"mprotect-closed", by_closed},
    {"mprotect-after-fork", by_fork},
    {"pkey-mprotect", by_pkey},
    {"mremap", by_mremap},
    {"mremap-copy", by_mremap_copy},
    {"personality", by_personality},
    {"memfd", by_memfd},
    {"memfd-shared", by_memfd_shared},
    {"memfd-mprotect", by_memfd_mprotect},
    {"scm-rights", by_socket},
    {"io-uring-open", by_uring_open},
    {"proc-fd", by_proc_fd},
    {"map-files", by_map_files},
    {"unlinked", by_unlinked},
    {"dlopen", by_dlopen},
    {"ld-preload", by_preload},
    {"ld-audit", by_audit},
    {"needed", by_needed},
    {"anonymous", by_anonymous},
    {"private-dirty", by_dirty_private},
    {"mmap-open", by_open},
    {"mmap-shared-open", by_open_shared},
    {"mprotect-open", by_open_mprotect},
    /* After these FILE is another kind of file on tmpfs, so they are the last. */
    {"remap-file-pages", by_remap_file_pages},
    {"mprotect-written", by_written_mprotect},
};

int main(int argc, char **argv)
{
	if (argc < 2)
		attack_usage("image_library FILE [WAY...]");
	return image_ways(ways, sizeof(ways) / sizeof(*ways), argv[1], argv + 2);
}
