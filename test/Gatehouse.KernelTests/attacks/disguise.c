/* SPDX-License-Identifier: Apache-2.0 */
/*
 * disguise SHAPE PID [FILE]: takes a shape in which it is hard to say what a process runs, says "ready", and sends SIGURG to
 * process PID once for each line of its input; after each it says how that went (answer.h).
 *
 *   headless    the first thread has ended, and another goes on
 *   owner       instead of sending anything, it makes whoever writes to its input send SIGKILL (F_SETOWN, F_SETSIG). If there is
 *               a FILE, another copy of this program, it has executed that before it says "ready"
 *   waiting     reads its input, and does nothing; what `owner` becomes
 *   borrowed    its code lies in anonymous memory, its own program is unmapped, and FILE calls itself the program
 *               (PR_SET_MM_EXE_FILE)
 */
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include "answer.h"

struct range {
	unsigned long first, last;
};

/* All that the borrowed code may use: it has no library, and no program. */
struct stage {
	int file, count, target;
	struct range own[16];
	int ready_length;
	char buffer[64], ready[32], broken[8], granted[8], refused[15];
};

#define BORROWED __attribute__((section("stage_code"), noinline, used, optimize("no-stack-protector")))

static BORROWED long call(long number, long a, long b, long c, long d, long e)
{
	register long four asm("r10") = d, five asm("r8") = e;
	long result;

	asm volatile("syscall"
		     : "=a"(result)
		     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(four), "r"(five)
		     : "rcx", "r11", "memory");
	return result;
}

static BORROWED void borrowed(struct stage *stage)
{
	for (int i = 0; i < stage->count; i++)
		call(SYS_munmap, stage->own[i].first, stage->own[i].last - stage->own[i].first, 0, 0, 0);
	if (call(SYS_prctl, PR_SET_MM, PR_SET_MM_EXE_FILE, stage->file, 0, 0)) {
		call(SYS_write, 1, (long)stage->broken, sizeof(stage->broken) - 1, 0, 0);
		call(SYS_exit_group, ATTACK_BROKEN, 0, 0, 0, 0);
	}
	call(SYS_write, 1, (long)stage->ready, stage->ready_length, 0, 0);
	while (call(SYS_read, 0, (long)stage->buffer, sizeof(stage->buffer), 0, 0) > 0) {
		if (call(SYS_kill, stage->target, SIGURG, 0, 0, 0))
			call(SYS_write, 1, (long)stage->refused, sizeof(stage->refused) - 1, 0, 0);
		else
			call(SYS_write, 1, (long)stage->granted, sizeof(stage->granted), 0, 0);
	}
	call(SYS_exit_group, 0, 0, 0, 0, 0);
}

extern char __start_stage_code[], __stop_stage_code[];

/* Where this program is mapped: everything that has its file behind it. */
static void find_own(struct stage *stage)
{
	char line[4096], path[4096];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);
	FILE *maps = fopen("/proc/self/maps", "r");

	answer_need("readlink", length);
	answer_need("maps", maps ? 0 : -1);
	path[length] = 0;
	while (fgets(line, sizeof(line), maps) && stage->count < 16) {
		struct range *range = &stage->own[stage->count];

		if (strstr(line, path) && sscanf(line, "%lx-%lx", &range->first, &range->last) == 2)
			stage->count++;
	}
	fclose(maps);
}

static void by_borrowed(int target, const char *file)
{
	size_t size = __stop_stage_code - __start_stage_code;
	char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct stage *stage = mmap(NULL, sizeof(*stage), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	void (*enter)(struct stage *);

	answer_need("mmap", memory == MAP_FAILED || stage == MAP_FAILED ? -1 : 0);
	memcpy(memory, __start_stage_code, size);
	stage->file = attack_open(file, O_RDONLY);
	stage->target = target;
	stage->ready_length = snprintf(stage->ready, sizeof(stage->ready), "ready %d 0\n", getpid());
	strcpy(stage->broken, "broken\n");
	memcpy(stage->granted, "granted\n", 8);
	strcpy(stage->refused, "refused EPERM\n");
	find_own(stage);
	enter = (void (*)(struct stage *))(memory + ((char *)borrowed - __start_stage_code));
	enter(stage);
}

static int s_target;

static void *go_on(void *unused)
{
	char line[16];

	for (char state = 0; state != 'Z'; usleep(1000)) {
		FILE *status = fopen("/proc/self/stat", "r");

		if (!status || fscanf(status, "%*d (%*[^)]) %c", &state) != 1)
			answer_need("reading /proc/self/stat", -1);
		fclose(status);
	}
	printf("ready %d %d\n", getpid(), gettid());
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin))
		answer("kill", kill(s_target, SIGURG));
	exit(0);
	return unused;
}

static void by_headless(void)
{
	pthread_t thread;

	errno = pthread_create(&thread, NULL, go_on, NULL);
	answer_need("pthread_create", errno ? -1 : 0);
	pthread_exit(NULL);
}

static void by_waiting(void)
{
	char line[16];

	printf("ready %d %d\n", getpid(), gettid());
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin))
		;
	exit(0);
}

static void by_owner(int target, const char *file)
{
	answer_need("F_SETOWN", fcntl(0, F_SETOWN, target));
	answer_need("F_SETSIG", fcntl(0, F_SETSIG, SIGKILL));
	answer_need("O_ASYNC", fcntl(0, F_SETFL, O_ASYNC));
	if (!file)
		by_waiting();
	execl(file, file, "waiting", "0", NULL);
	answer_need("execl", -1);
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "headless")) {
		s_target = atoi(argv[2]);
		by_headless();
	} else if (argc == 3 && !strcmp(argv[1], "waiting")) {
		by_waiting();
	} else if (argc >= 3 && !strcmp(argv[1], "owner")) {
		by_owner(atoi(argv[2]), argv[3]);
	} else if (argc == 4 && !strcmp(argv[1], "borrowed")) {
		by_borrowed(atoi(argv[2]), argv[3]);
	}
	attack_usage("disguise headless|waiting PID, disguise owner PID [FILE], disguise borrowed PID FILE");
}
