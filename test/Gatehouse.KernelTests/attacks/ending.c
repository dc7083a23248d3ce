/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ending HOW NUMBER MILLISECONDS: runs for so long and then ends:
 *
 *   status  with exit status NUMBER
 *   signal  by signal NUMBER, sent to itself
 *   thread  with exit status NUMBER, by a thread that is not the first
 *   leader  the same, after the first thread has ended by itself
 */
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include "attack.h"

static int s_number;
static useconds_t s_time;

static void *end(void *unused)
{
	usleep(s_time);
	exit(s_number);
	return unused;
}

int main(int argc, char **argv)
{
	struct rlimit no_core = {0, 0};
	pthread_t thread;

	if (argc != 4)
		attack_usage("ending status|signal|thread|leader NUMBER MILLISECONDS");
	setrlimit(RLIMIT_CORE, &no_core);
	s_number = atoi(argv[2]);
	s_time = atoi(argv[3]) * 1000;
	if (!strcmp(argv[1], "thread") || !strcmp(argv[1], "leader")) {
		pthread_create(&thread, NULL, end, NULL);
		if (!strcmp(argv[1], "leader"))
			pthread_exit(NULL);
		pthread_join(thread, NULL);
	}
	usleep(s_time);
	if (!strcmp(argv[1], "signal")) {
		signal(s_number, SIG_DFL);
		kill(getpid(), s_number);
	}
	return s_number;
}
