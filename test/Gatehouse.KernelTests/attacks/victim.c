/* SPDX-License-Identifier: Apache-2.0 */
/*
 * victim: what the others reach for. Says "ready PID TID", TID being that of a second thread, and ends when its input
 * does. It handles signals, so that one victim serves many attempts. Commands, one a line:
 *
 *   alarm   sets a timer of its own; says "alarm" when the signal is there
 *   child   makes a child that ends at once; says "child" when SIGCHLD has come for it
 *   thread  says "thread" as soon as a signal that the first thread sent to the second is there
 *   seen    says "seen N", N being the last signal that came since the command before, 0 if none did
 */
#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include "attack.h"

static volatile sig_atomic_t s_seen;
static volatile pid_t s_second;

static void see(int number)
{
	s_seen = number;
}

static void *second(void *unused)
{
	s_second = gettid();
	for (;;)
		pause();
	return unused;
}

/* Handlers and not SIG_IGN: an ignored signal is dropped before some of its checks. */
static void outlive_signals(void)
{
	struct sigaction action = {.sa_handler = see, .sa_flags = SA_RESTART};
	const int numbers[] = {SIGTERM, SIGINT,	 SIGHUP,  SIGQUIT, SIGUSR1,  SIGUSR2, SIGURG,
			       SIGIO,	SIGALRM, SIGCHLD, SIGCONT, SIGWINCH, SIGRTMIN};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		sigaction(numbers[i], &action, NULL);
}

static void wait_for(int number, const char *word)
{
	for (int i = 0; s_seen != number && i < 5000; i++)
		usleep(1000);
	puts(s_seen == number ? word : "nothing came");
}

int main(void)
{
	char line[64];
	pthread_t thread;

	outlive_signals();
	pthread_create(&thread, NULL, second, NULL);
	while (!s_second)
		usleep(1000);
	setlinebuf(stdout);
	printf("ready %d %d\n", getpid(), s_second);
	while (fgets(line, sizeof(line), stdin)) {
		int last = s_seen;

		s_seen = 0;
		if (!strcmp(line, "seen\n")) {
			printf("seen %d\n", last);
		} else if (!strcmp(line, "alarm\n")) {
			alarm(1);
			wait_for(SIGALRM, "alarm");
		} else if (!strcmp(line, "child\n")) {
			pid_t child = fork();

			if (child == 0)
				_exit(0);
			wait_for(SIGCHLD, "child");
			waitpid(child, NULL, 0);
		} else if (!strcmp(line, "thread\n")) {
			syscall(SYS_tgkill, getpid(), s_second, SIGUSR1);
			wait_for(SIGUSR1, "thread");
		} else {
			attack_usage("alarm, child, thread or seen");
		}
	}
	return 0;
}
