/* SPDX-License-Identifier: Apache-2.0 */
/* Ways to change what time it is, or how fast it goes. */
#include "tamper.h"
#include <linux/rtc.h>
#include <sched.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <time.h>

enum { HOUR = 3600, PLAY = 60 };

static struct timespec now(clockid_t clock)
{
	struct timespec time;

	tamper_need("clock_gettime", clock_gettime(clock, &time));
	return time;
}

/* How far the clock is from the one that nobody sets. */
static long distance(void)
{
	return now(CLOCK_REALTIME).tv_sec - now(CLOCK_MONOTONIC).tv_sec;
}

static struct timex first;
static long first_distance;

static int is_same(void)
{
	struct timex last = {0};
	long moved = distance() - first_distance;

	return adjtimex(&last) >= 0 && moved > -PLAY && moved < PLAY && last.tick == first.tick &&
	       last.freq == first.freq && last.status == first.status && last.tai == first.tai;
}

static void watch(void)
{
	first_distance = distance();
	tamper_need("adjtimex", adjtimex(&first));
	tamper_watch(is_same);
}

/* Exactly back: what has passed since is added. */
static void put_back(struct timespec real, struct timespec steady)
{
	struct timespec passed = now(CLOCK_MONOTONIC);

	tamper_undo();
	real.tv_sec += passed.tv_sec - steady.tv_sec;
	real.tv_nsec += passed.tv_nsec - steady.tv_nsec;
	if (real.tv_nsec < 0) {
		real.tv_nsec += 1000000000;
		real.tv_sec--;
	} else if (real.tv_nsec >= 1000000000) {
		real.tv_nsec -= 1000000000;
		real.tv_sec++;
	}
	tamper_need("clock_settime", clock_settime(CLOCK_REALTIME, &real));
	tamper_worked();
}

static void by_settimeofday(void)
{
	struct timespec real = now(CLOCK_REALTIME), steady = now(CLOCK_MONOTONIC);
	struct timeval time = {.tv_sec = real.tv_sec - HOUR};
	long before = distance();

	/* The C library would call clock_settime. */
	watch();
	tamper_try("settimeofday", syscall(SYS_settimeofday, &time, NULL));
	tamper_see(distance() < before - PLAY, "the clock is as it was");
	put_back(real, steady);
}

static void by_settime(void)
{
	struct timespec real = now(CLOCK_REALTIME), steady = now(CLOCK_MONOTONIC),
			time = {.tv_sec = real.tv_sec + HOUR};
	long before = distance();

	watch();
	tamper_try("clock_settime", clock_settime(CLOCK_REALTIME, &time));
	tamper_see(distance() > before + PLAY, "the clock is as it was");
	put_back(real, steady);
}

static void by_offset(void)
{
	struct timex change = {.modes = ADJ_SETOFFSET, .time.tv_sec = HOUR};
	struct timespec real = now(CLOCK_REALTIME), steady = now(CLOCK_MONOTONIC);
	long before = distance();

	watch();
	tamper_try("adjtimex", adjtimex(&change));
	tamper_see(distance() > before + PLAY, "the clock is as it was");
	put_back(real, steady);
}

static void by_clock_offset(void)
{
	struct timex change = {.modes = ADJ_SETOFFSET, .time.tv_sec = HOUR};
	struct timespec real = now(CLOCK_REALTIME), steady = now(CLOCK_MONOTONIC);
	long before = distance();

	watch();
	tamper_try("clock_adjtime", clock_adjtime(CLOCK_REALTIME, &change));
	tamper_see(distance() > before + PLAY, "the clock is as it was");
	put_back(real, steady);
}

static void by_zone(void)
{
	struct timezone before, after, other;
	struct timeval time;

	tamper_need("gettimeofday", syscall(SYS_gettimeofday, NULL, &before));
	other = before;
	other.tz_minuteswest += 60;
	/* With a time: the first zone without one moves the clock. */
	tamper_need("gettimeofday", gettimeofday(&time, NULL));
	watch();
	tamper_try("settimeofday", syscall(SYS_settimeofday, &time, &other));
	tamper_need("gettimeofday", syscall(SYS_gettimeofday, NULL, &after));
	tamper_see(before.tz_minuteswest != after.tz_minuteswest, "the zone is as it was");
	tamper_undo();
	tamper_need("gettimeofday", gettimeofday(&time, NULL));
	tamper_need("settimeofday", syscall(SYS_settimeofday, &time, &before));
	tamper_worked();
}

static struct timex state(void)
{
	struct timex state = {0};

	tamper_need("adjtimex", adjtimex(&state));
	return state;
}

static void back_to(unsigned modes, const struct timex *before)
{
	struct timex change = *before;

	tamper_undo();
	change.modes = modes;
	tamper_need("adjtimex", adjtimex(&change));
	tamper_worked();
}

static void by_tick(void)
{
	struct timex before = state(), change = {.modes = ADJ_TICK, .tick = before.tick + 100};

	watch();
	tamper_try("adjtimex", adjtimex(&change));
	tamper_see(state().tick == before.tick + 100, "the tick is as it was");
	back_to(ADJ_TICK, &before);
}

static void by_frequency(void)
{
	struct timex before = state(), change = {.modes = ADJ_FREQUENCY, .freq = before.freq + 100000};

	watch();
	tamper_try("adjtimex", adjtimex(&change));
	tamper_see(state().freq == before.freq + 100000, "the frequency is as it was");
	back_to(ADJ_FREQUENCY, &before);
}

static void by_clock_frequency(void)
{
	struct timex before = state(), change = {.modes = ADJ_FREQUENCY, .freq = before.freq - 100000};

	watch();
	tamper_try("clock_adjtime", clock_adjtime(CLOCK_REALTIME, &change));
	tamper_see(state().freq == before.freq - 100000, "the frequency is as it was");
	back_to(ADJ_FREQUENCY, &before);
}

static void by_status(void)
{
	struct timex before = state(), change = {.modes = ADJ_STATUS, .status = before.status ^ STA_INS};

	watch();
	tamper_try("adjtimex", adjtimex(&change));
	tamper_see(state().status != before.status, "the status is as it was");
	back_to(ADJ_STATUS, &before);
}

static void by_tai(void)
{
	struct timex before = state(), change = {.modes = ADJ_TAI, .constant = before.tai + 1};

	watch();
	tamper_try("adjtimex", adjtimex(&change));
	tamper_see(state().tai == before.tai + 1, "the offset is as it was");
	before.constant = before.tai;
	back_to(ADJ_TAI, &before);
}

/* Little by little. */
static void by_adjtime(void)
{
	struct timeval change = {.tv_sec = 1}, none = {0}, left = {0};

	watch();
	tamper_try("adjtime", adjtime(&change, NULL));
	tamper_need("adjtime", adjtime(NULL, &left));
	tamper_see(left.tv_sec || left.tv_usec, "nothing is to be adjusted");
	tamper_undo();
	tamper_need("adjtime", adjtime(&none, NULL));
	tamper_worked();
}

static void by_rtc(void)
{
	int clock = open("/dev/rtc0", O_RDONLY | O_CLOEXEC);
	struct rtc_time before, other, after;

	if (clock < 0 && errno == ENOENT)
		tamper_unsupported("no clock of its own");
	tamper_try("open", clock);
	tamper_need("RTC_RD_TIME", ioctl(clock, RTC_RD_TIME, &before));
	other = before;
	other.tm_year ^= 1;
	other.tm_mday = 1;
	tamper_try("RTC_SET_TIME", ioctl(clock, RTC_SET_TIME, &other));
	tamper_need("RTC_RD_TIME", ioctl(clock, RTC_RD_TIME, &after));
	tamper_see(before.tm_year != after.tm_year, "the clock is as it was");
	tamper_undo();
	tamper_need("RTC_SET_TIME", ioctl(clock, RTC_SET_TIME, &before));
	tamper_worked();
}

static void see_other_time(const void *seconds)
{
	tamper_see(now(CLOCK_MONOTONIC).tv_sec > *(const long *)seconds + HOUR, "the clock is as it was");
}

/* Only for what it starts itself. */
static void by_namespace(void)
{
	long seconds = now(CLOCK_MONOTONIC).tv_sec;

	tamper_try("unshare", unshare(CLONE_NEWTIME));
	tamper_try("timens_offsets", tamper_write("/proc/self/timens_offsets", "monotonic 7200 0"));
	tamper_inside(see_other_time, &seconds);
	tamper_worked();
}

const struct tamper_way tamper_clock_ways[] = {
    {"settimeofday", by_settimeofday, "clock"},
    {"clock-settime", by_settime, "clock"},
    {"adjtimex-offset", by_offset, "clock"},
    {"clock-adjtime-offset", by_clock_offset, "clock"},
    {"settimeofday-zone", by_zone, "clock"},
    {"adjtimex-tick", by_tick, "clock"},
    {"adjtimex-frequency", by_frequency, "clock"},
    {"clock-adjtime-frequency", by_clock_frequency, "clock"},
    {"adjtimex-status", by_status, "clock"},
    {"adjtimex-tai", by_tai, "clock"},
    {"adjtime", by_adjtime, "clock"},
    {"rtc", by_rtc, "clock"},
    {"time-namespace", by_namespace, "harmless"},
    {},
};
