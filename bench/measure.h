/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How operations are measured. Prints "NAME NANOSECONDS" a line, each the smallest mean of several rounds, or a median. In a
 * guest with -icount shift=0 a nanosecond is one instruction, whatever else the host does.
 */
#ifndef GATEHOUSE_BENCH_MEASURE_H
#define GATEHOUSE_BENCH_MEASURE_H

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define ROUNDS	5
#define SINGLES 60

static inline long now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000L + time.tv_nsec;
}

static inline void must(int ok, const char *what)
{
	if (!ok) {
		perror(what);
		exit(1);
	}
}

static inline void measure(const char *name, void (*operation)(void), int count)
{
	long best = -1, first;

	first = now();
	operation();
	first = now() - first;
	for (int round = 0; round < ROUNDS; round++) {
		long start = now(), mean;

		for (int i = 0; i < count; i++)
			operation();
		mean = (now() - start) / count;
		if (best < 0 || mean < best)
			best = mean;
	}
	printf("%s %ld\n%s-first %ld\n", name, best, name, first);
}

static inline int compare(const void *left, const void *right)
{
	const long *a = left, *b = right;

	return (*a > *b) - (*a < *b);
}

/*
 * What makes and ends tasks. The kernel frees those later, in batches, and has pages and stacks at hand or not by chance of when:
 * one after another, they cost now 5 % more and now 5 % less. So each is measured alone, when all before it are gone; the median
 * counts.
 */
static inline void measure_settled(const char *name, void (*operation)(void))
{
	const struct timespec pause = {0, 20 * 1000 * 1000};
	long counts[SINGLES], first = 0;

	for (int i = -1; i < SINGLES; i++) {
		long start;

		nanosleep(&pause, NULL);
		start = now();
		operation();
		*(i < 0 ? &first : &counts[i]) = now() - start;
	}
	qsort(counts, SINGLES, sizeof(*counts), compare);
	printf("%s %ld\n%s-first %ld\n", name, counts[SINGLES / 2], name, first);
}

#endif
