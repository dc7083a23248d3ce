/* SPDX-License-Identifier: Apache-2.0 */
/* Ways to act on a process by programs, or to stop at what it does, without a system call that names it. */
#include "tamper_bpf.h"
#include <linux/perf_event.h>

/* At the same address in the victim. */
static volatile uint32_t word;

/* Gone when the way has ended, however that was. */
static pid_t victim(void (*act)(const void *argument))
{
	return tamper_start(act, NULL);
}

static void live(const void *unused)
{
	(void)unused;
	/* The page must be the victim's own: the kernel makes no copy for a probe. */
	word = 0;
	while (!word) {
		getpgid(getpid());
		usleep(1000);
	}
	_exit(42);
}

static _Noreturn void struck(pid_t child, struct bpf_link *link)
{
	int status;

	tamper_attached(link);
	status = tamper_exit_of(child);
	tamper_see(status >= 0 && WIFSIGNALED(status) && WTERMSIG(status) == SIGUSR1, "no signal arrived");
	tamper_undo();
	tamper_need("detach", bpf_link__destroy(link));
	tamper_worked();
}

static _Noreturn void strike(const char *name)
{
	pid_t child = victim(live);

	struck(child, bpf_program__attach(tamper_load(name, child, NULL, 0, NULL)));
}

static void by_fentry(void)
{
	strike("by_fentry");
}

static void by_fexit(void)
{
	strike("by_fexit");
}

static void by_fentry_lsm(void)
{
	strike("by_fentry_lsm");
}

static void by_kprobe(void)
{
	strike("by_kprobe");
}

static void by_kretprobe(void)
{
	strike("by_kretprobe");
}

static void by_kprobe_multi(void)
{
	pid_t child = victim(live);
	struct bpf_program *program = tamper_load("by_kprobe_multi", child, NULL, 0, NULL);
	struct bpf_link *link = bpf_program__attach(program);

	if (!link && errno == EOPNOTSUPP)
		tamper_unsupported("probes of many functions");
	struck(child, link);
}

static void by_raw_tracepoint(void)
{
	strike("by_raw_tracepoint");
}

static void by_typed_tracepoint(void)
{
	strike("by_typed_tracepoint");
}

static void by_tracepoint(void)
{
	strike("by_tracepoint");
}

static void by_perf_event(void)
{
	struct perf_event_attr attributes = {.type = PERF_TYPE_SOFTWARE,
					     .size = sizeof(attributes),
					     .config = PERF_COUNT_SW_CPU_CLOCK,
					     .sample_period = 10000};
	pid_t child = victim(live);
	struct bpf_program *program = tamper_load("by_perf_event", child, NULL, 0, NULL);
	int event = tamper_try("perf_event_open", syscall(SYS_perf_event_open, &attributes, child, -1, -1, 0));

	struck(child, bpf_program__attach_perf_event(program, event));
}

__attribute__((noinline)) static void step(void)
{
	asm volatile("");
}

static void walk(const void *unused)
{
	(void)unused;
	for (;;) {
		step();
		usleep(1000);
	}
}

/* Where the function is in the program's file. */
static long offset_of_step(void)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	unsigned long start, end, offset, address = (unsigned long)step;
	char line[512];

	while (maps && fgets(line, sizeof(line), maps)) {
		if (sscanf(line, "%lx-%lx %*s %lx", &start, &end, &offset) == 3 && start <= address && address < end) {
			fclose(maps);
			return address - start + offset;
		}
	}
	tamper_broken("maps");
}

static void by_uprobe(void)
{
	pid_t child = victim(walk);
	struct bpf_program *program = tamper_load("by_uprobe", child, NULL, 0, NULL);

	struck(child, bpf_program__attach_uprobe(program, false, child, "/proc/self/exe", offset_of_step()));
}

static void by_writer(void)
{
	pid_t child = victim(live);
	struct bpf_link *link = tamper_attached(bpf_program__attach(tamper_load("writer", child, &word, 0, NULL)));
	int status = tamper_exit_of(child);

	tamper_see(status >= 0 && WIFEXITED(status) && WEXITSTATUS(status) == 42, "the memory is as it was");
	tamper_undo();
	tamper_need("detach", bpf_link__destroy(link));
	tamper_worked();
}

static int probe_type(const char *kind)
{
	char path[64], number[16];

	snprintf(path, sizeof(path), "/sys/bus/event_source/devices/%s/type", kind);
	tamper_need(path, tamper_read(path, number, sizeof(number)));
	return atoi(number);
}

static uint64_t count_of(int event)
{
	uint64_t count = 0;

	tamper_need("read", read(event, &count, sizeof(count)));
	return count;
}

/* A breakpoint in the kernel, or in a program's file, without BPF. */
static void by_probe(const char *kind, const char *place, uint64_t offset, pid_t who)
{
	struct perf_event_attr attributes = {
	    .type = probe_type(kind), .size = sizeof(attributes), .config1 = (uintptr_t)place, .config2 = offset};
	int event = tamper_try("perf_event_open", syscall(SYS_perf_event_open, &attributes, who, -1, -1, 0));

	for (int i = 0; i < 3000 && !count_of(event); i++) {
		getpgid(0);
		usleep(1000);
	}
	tamper_see(count_of(event) > 0, "it was not reached");
	tamper_undo();
	tamper_need("close", close(event));
	tamper_worked();
}

static void by_perf_kprobe(void)
{
	by_probe("kprobe", "__x64_sys_getpgid", 0, 0);
}

static void by_perf_uprobe(void)
{
	char path[PATH_MAX] = "";

	tamper_need("readlink", readlink("/proc/self/exe", path, sizeof(path) - 1));
	by_probe("uprobe", path, offset_of_step(), victim(walk));
}

const struct tamper_way tamper_strike_ways[] = {
    {"fentry-signal", by_fentry, "object"},
    {"fexit-signal", by_fexit, "object"},
    {"fentry-lsm-signal", by_fentry_lsm, "object"},
    {"kprobe-signal", by_kprobe, "object"},
    {"kretprobe-signal", by_kretprobe, "object"},
    {"kprobe-multi-signal", by_kprobe_multi, "object"},
    {"raw-tracepoint-signal", by_raw_tracepoint, "object"},
    {"typed-tracepoint-signal", by_typed_tracepoint, "object"},
    {"tracepoint-signal", by_tracepoint, "object"},
    {"perf-event-signal", by_perf_event, "object"},
    {"uprobe-signal", by_uprobe, "object"},
    {"probe-write-user", by_writer, "object"},
    {"perf-kprobe", by_perf_kprobe, "object"},
    {"perf-uprobe", by_perf_uprobe, "object"},
    {},
};
