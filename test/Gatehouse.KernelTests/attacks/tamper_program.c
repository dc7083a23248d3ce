/* SPDX-License-Identifier: Apache-2.0 */
/* Ways to act by programs: on other programs, or on processes, without a system call that names them. */
#include "tamper_bpf.h"
#include <linux/perf_event.h>
#include <sys/prctl.h>

/* At the same address in the victim. */
static volatile uint32_t word;

struct bpf_program *tamper_load(const char *name, pid_t who, const void *address, int target, const char *function)
{
	struct {
		uint64_t address;
		uint32_t who;
	} variables = {(uintptr_t)address, who};
	char path[PATH_MAX] = "";
	struct bpf_object *object;
	struct bpf_program *program, *found;
	int result;

	tamper_need("readlink", readlink("/proc/self/exe", path, sizeof(path) - 16));
	object = bpf_object__open_file(strcat(path, ".bpf.o"), NULL);
	if (!object)
		tamper_broken(path);
	found = bpf_object__find_program_by_name(object, name);
	if (!found)
		tamper_broken(name);
	bpf_object__for_each_program(program, object) bpf_program__set_autoload(program, program == found);
	tamper_need("variables", bpf_map__set_initial_value(bpf_object__find_map_by_name(object, ".rodata"), &variables,
							    sizeof(variables)));
	if (function)
		tamper_need("attach target", bpf_program__set_attach_target(found, target, function));
	result = bpf_object__load(object);
	errno = -result;
	tamper_try("BPF_PROG_LOAD", result);
	return found;
}

static struct bpf_link *attached(struct bpf_link *link)
{
	tamper_try("attach", link ? 0 : -1);
	return link;
}

static int run(int prog)
{
	unsigned char packet[64] = {0};
	LIBBPF_OPTS(bpf_test_run_opts, options, .data_in = packet, .data_size_in = sizeof(packet));

	tamper_need("BPF_PROG_TEST_RUN", bpf_prog_test_run_opts(prog, &options));
	return options.retval;
}

/* The program whose function is replaced: the target, or one of the attacker's own. */
static int asker(void)
{
	if (!tamper_are_own && tamper_prog_id)
		return tamper_prog();
	return bpf_program__fd(tamper_load("asker", 0, NULL, 0, NULL));
}

static void by_replacement(void)
{
	int target = asker();
	struct bpf_program *program = tamper_load("replacement", 0, NULL, target, "answer");
	struct bpf_link *link = attached(bpf_program__attach_freplace(program, target, "answer"));

	tamper_see(run(target) == 100, "the function is the same");
	tamper_undo();
	tamper_need("detach", bpf_link__destroy(link));
	tamper_see(run(target) == 3, "the function is not the same again");
	tamper_worked();
}

static void by_watcher(void)
{
	int target = asker();
	struct bpf_program *program = tamper_load("watcher", 0, NULL, target, "asker");
	struct bpf_link *link = attached(bpf_program__attach_trace(program));
	struct bpf_prog_info information = {0};
	__u32 length = sizeof(information), id = 0, key = 0, seen = 0;

	tamper_need("BPF_PROG_TEST_RUN", run(target));
	information.nr_map_ids = 1;
	information.map_ids = (uintptr_t)&id;
	tamper_need("BPF_OBJ_GET_INFO_BY_FD", bpf_obj_get_info_by_fd(bpf_program__fd(program), &information, &length));
	tamper_need("BPF_MAP_LOOKUP_ELEM", bpf_map_lookup_elem(bpf_map_get_fd_by_id(id), &key, &seen));
	tamper_see(seen > 0, "it did not run");
	tamper_undo();
	tamper_need("detach", bpf_link__destroy(link));
	tamper_worked();
}

/* Not by itself, or its own calls would be refused. */
static void ask_and_say(const void *unused)
{
	(void)unused;
	while (!kill(getppid(), 0))
		usleep(1000);
	_exit(errno == EPERM ? 42 : 1);
}

static int exit_of(pid_t child)
{
	int status;

	for (int i = 0; i < 5000; i++) {
		if (waitpid(child, &status, WNOHANG) == child)
			return status;
		usleep(1000);
	}
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	return -1;
}

/* The victim is not left behind when the way ends by a refusal. */
static pid_t victim(void (*act)(const void *argument))
{
	return tamper_start(act, NULL);
}

static _Noreturn void refuse(const char *name)
{
	pid_t child = victim(ask_and_say);
	struct bpf_link *link = attached(bpf_program__attach(tamper_load(name, child, NULL, 0, NULL)));
	int status = exit_of(child);

	tamper_see(status >= 0 && WIFEXITED(status) && WEXITSTATUS(status) == 42, "nothing is refused");
	tamper_undo();
	tamper_need("detach", bpf_link__destroy(link));
	tamper_worked();
}

static void by_modifier(void)
{
	refuse("modifier");
}

static void by_refuser(void)
{
	refuse("refuser");
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

	attached(link);
	status = exit_of(child);
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
	struct bpf_link *link =
	    attached(bpf_program__attach(tamper_load("writer", child, (const void *)&word, 0, NULL)));
	int status = exit_of(child);

	tamper_see(status >= 0 && WIFEXITED(status) && WEXITSTATUS(status) == 42, "the memory is as it was");
	tamper_undo();
	tamper_need("detach", bpf_link__destroy(link));
	tamper_worked();
}

/* For every process, as all are below the first cgroup. */
static struct bpf_link *on_all(const char *name)
{
	int first = tamper_need("open", open("/sys/fs/cgroup", O_RDONLY | O_DIRECTORY | O_CLOEXEC));

	return attached(bpf_program__attach_cgroup(tamper_load(name, 0, NULL, 0, NULL), first));
}

static void by_sysctl(void)
{
	struct bpf_link *link = on_all("by_sysctl");
	char name[128] = "";

	tamper_see(tamper_write("/proc/sys/kernel/ctrl-alt-del", "0\n") < 0 && errno == EPERM,
		   "settings can be written");
	tamper_undo();
	tamper_need("detach", bpf_link__destroy(link));
	tamper_need("read", tamper_read("/proc/sys/kernel/ctrl-alt-del", name, sizeof(name)));
	tamper_need("write", tamper_write("/proc/sys/kernel/ctrl-alt-del", name));
	tamper_worked();
}

static void by_device(void)
{
	struct bpf_link *link = on_all("by_device");

	tamper_see(open("/dev/zero", O_RDONLY) < 0 && errno == EPERM, "the device can be opened");
	tamper_undo();
	tamper_need("detach", bpf_link__destroy(link));
	tamper_need("open", open("/dev/zero", O_RDONLY));
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

const struct tamper_way tamper_program_ways[] = {
    {"freplace", by_replacement, "object"},
    {"fentry-on-program", by_watcher, "object"},
    {"fmod-ret", by_modifier, "object"},
    {"lsm", by_refuser, "object"},
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
    {"cgroup-sysctl", by_sysctl, "object"},
    {"cgroup-device", by_device, "object"},
    {"perf-kprobe", by_perf_kprobe, "object"},
    {"perf-uprobe", by_perf_uprobe, "object"},
    {},
};
