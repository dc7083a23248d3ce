/* SPDX-License-Identifier: Apache-2.0 */
/*
 * oracle_driver: does what OracleTests says, hundreds of operations a second, and tells what became of each. Its copies
 * under many names are the executables of those tests; IDENTITY is that of oracle_identity.h.
 *
 *   oracle_driver victim IDENTITY  waits; says "ready PID TID" as victim does, and lives through SIGUSR1
 *   oracle_driver seat IDENTITY    says "ready PID 0" and obeys `start`
 *   oracle_driver via P1 P2 ...    becomes P1, which becomes P2 and so on; the last obeys all commands
 *   oracle_driver end ...          ends at once
 *
 * Commands, one a line, each with one line of answer, "granted", "refused ERRNO" or "killed", unless it says otherwise:
 *
 *   start P1 P2 ...        a child goes `via` them: "driver PID", and commands are its own until it ends, or what its
 *                          exec got; then "ended STATUS" or "ended killed". "create ERRNO" alone: there is no child
 *   exec PATH ENV ARGS...  PATH is started with these arguments and one environment variable, ENV, or none if it is "-"
 *   open WAY PID           oracle_open.h
 *   load WAY NAME PATH     PATH is mapped executable: WAY map, share or protect, by a descriptor of it, or, if NAME is
 *                          "unlinked", of a copy without a name
 *   fork FLAGS(hex)        a process, by clone3
 *   thread                 a thread
 *   child                  a process that stays until this one ends: "child PID"
 *   credentials CHANGE ID  a child changes "uid", "gid", "groups" or "capabilities"
 *   exit STATUS            a child ends so
 *   quit
 *
 * Where a child is needed first and cannot be had the answer is "create ERRNO".
 */
#include "oracle_identity.h"
#include "oracle_load.h"
#include "oracle_make.h"
#include "oracle_open.h"

enum { WORDS = 64, LINE = 4096 };

/* One byte at a time: what follows in the input may be for another process. */
static int read_line(char *line)
{
	for (int length = 0; length < LINE - 1; length++) {
		if (read(0, line + length, 1) != 1)
			return 0;
		if (line[length] == '\n') {
			line[length] = 0;
			return 1;
		}
	}
	return 0;
}

static char **words_of(char *line)
{
	static char *words[WORDS];
	int count = 0;

	for (char *word = strtok(line, " "); word && count < WORDS - 1; word = strtok(NULL, " "))
		words[count++] = word;
	words[count] = NULL;
	return words;
}

static void start(char **words)
{
	int status;
	pid_t child = fork();

	if (no_child(child))
		return;
	if (child == 0) {
		char *program = words[1];

		words[0] = program;
		words[1] = "via";
		execv(program, words);
		answer_failed("execv");
		_exit(1);
	}
	waitpid(child, &status, 0);
	if (WIFSIGNALED(status))
		puts(WTERMSIG(status) == SIGKILL ? "ended killed" : "ended by another signal");
	else
		printf("ended %d\n", WEXITSTATUS(status));
}

static void obey(int seated)
{
	char line[LINE];

	while (read_line(line)) {
		char **words = words_of(line);

		if (!words[0])
			attack_usage("a command");
		else if (seated && !strcmp(words[0], "start"))
			start(words);
		else if (!strcmp(words[0], "exec") && words[1] && words[2])
			execute(words);
		else if (!strcmp(words[0], "open") && words[1] && words[2])
			oracle_open(words[1], atoi(words[2]));
		else if (!strcmp(words[0], "load") && words[1] && words[2] && words[3])
			oracle_load(words[1], words[2], words[3]);
		else if (!strcmp(words[0], "fork") && words[1])
			make_process(words[1]);
		else if (!strcmp(words[0], "thread"))
			make_thread();
		else if (!strcmp(words[0], "child"))
			make_child();
		else if (!strcmp(words[0], "credentials") && words[1] && words[2])
			credentials(words);
		else if (!strcmp(words[0], "exit") && words[1])
			end_child(words[1]);
		else if (!strcmp(words[0], "quit"))
			return;
		else
			attack_usage("a known command");
		fflush(stdout);
	}
}

static void catch (int number)
{
	signal(number, catch);
}

static void *stay(void *thread)
{
	__atomic_store_n((pid_t *)thread, gettid(), __ATOMIC_RELEASE);
	for (;;)
		pause();
	return thread;
}

static int be_victim(void)
{
	pthread_t thread;
	char line[LINE];
	pid_t second = 0;

	signal(SIGUSR1, catch);
	pthread_create(&thread, NULL, stay, &second);
	while (!__atomic_load_n(&second, __ATOMIC_ACQUIRE))
		usleep(1000);
	printf("ready %d %d\n", getpid(), second);
	fflush(stdout);
	while (read_line(line))
		;
	return 0;
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";

	if (!strcmp(mode, "end"))
		return 0;
	if (!strcmp(mode, "via") && argc > 2) {
		char *program = argv[2];

		argv[1] = program;
		argv[2] = "via";
		execv(program, argv + 1);
		answer_failed("execv");
		return 1;
	}
	/* The names of the variables are facts of every exec that follows. */
	clearenv();
	if (!strcmp(mode, "victim") && argc == 9) {
		identity_assume(argv + 2);
		return be_victim();
	}
	if (!strcmp(mode, "seat") && argc == 9) {
		identity_assume(argv + 2);
		printf("ready %d 0\n", getpid());
	} else if (!strcmp(mode, "via")) {
		printf("driver %d\n", getpid());
	} else {
		attack_usage("oracle_driver victim|seat IDENTITY, via PROGRAMS..., end ...");
	}
	fflush(stdout);
	obey(!strcmp(mode, "seat"));
	return 0;
}
