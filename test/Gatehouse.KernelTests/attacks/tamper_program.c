/* SPDX-License-Identifier: Apache-2.0 */
/* Ways by which programs replace what others decide: other programs, the kernel's functions, its scheduler. */
#include "tamper_bpf.h"

/* Beside the program. */
static struct bpf_object *open_object(const char *name)
{
	char path[PATH_MAX] = "";
	struct bpf_object *object;

	tamper_need("readlink", readlink("/proc/self/exe", path, sizeof(path) - 64));
	strcpy(strrchr(path, '/') + 1, name);
	object = bpf_object__open_file(path, NULL);
	if (!object)
		tamper_broken(path);
	return object;
}

static void load(struct bpf_object *object)
{
	int result = bpf_object__load(object);

	errno = -result;
	tamper_try("BPF_PROG_LOAD", result);
}

struct bpf_program *tamper_load(const char *name, pid_t who, const volatile void *address, int target,
				const char *function)
{
	struct {
		uint64_t address;
		uint32_t who;
	} variables = {(uintptr_t)address, who};
	struct bpf_object *object = open_object("tamper_object.bpf.o");
	struct bpf_program *found = bpf_object__find_program_by_name(object, name), *program;

	if (!found)
		tamper_broken(name);
	tamper_need("variables", bpf_map__set_initial_value(bpf_object__find_map_by_name(object, ".rodata"), &variables,
							    sizeof(variables)));
	if (function)
		tamper_need("attach target", bpf_program__set_attach_target(found, target, function));
	bpf_object__for_each_program(program, object) bpf_program__set_autoload(program, program == found);
	load(object);
	return found;
}

struct bpf_link *tamper_attached(struct bpf_link *link)
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
	struct bpf_link *link = tamper_attached(bpf_program__attach_freplace(program, target, "answer"));

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
	struct bpf_link *link = tamper_attached(bpf_program__attach_trace(program));
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

int tamper_exit_of(pid_t child)
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

static _Noreturn void refuse(const char *name)
{
	pid_t child = tamper_start(ask_and_say, NULL);
	struct bpf_link *link = tamper_attached(bpf_program__attach(tamper_load(name, child, NULL, 0, NULL)));
	int status = tamper_exit_of(child);

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

/* For every process, as all are below the first cgroup. */
static struct bpf_link *on_all(const char *name)
{
	int first = tamper_need("open", open("/sys/fs/cgroup", O_RDONLY | O_DIRECTORY | O_CLOEXEC));

	return tamper_attached(bpf_program__attach_cgroup(tamper_load(name, 0, NULL, 0, NULL), first));
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

/* A scheduler of the attacker's own. */
static void by_scheduler(void)
{
	const char *path = "/sys/kernel/sched_ext/state";
	struct bpf_object *object;
	struct bpf_link *link;
	char state[32] = "";

	if (tamper_read(path, state, sizeof(state)))
		tamper_unsupported("no scheduler of others");
	object = open_object("tamper_scheduler.bpf.o");
	load(object);
	link = tamper_attached(bpf_map__attach_struct_ops(bpf_object__find_map_by_name(object, "scheduler")));
	tamper_need("read", tamper_read(path, state, sizeof(state)));
	tamper_see(!strcmp(state, "enabled"), "the scheduler is the kernel's");
	tamper_undo();
	tamper_need("detach", bpf_link__destroy(link));
	for (int i = 0; i < 1000 && strcmp(state, "disabled"); i++) {
		usleep(1000);
		tamper_need("read", tamper_read(path, state, sizeof(state)));
	}
	tamper_see(!strcmp(state, "disabled"), "the scheduler");
	tamper_worked();
}

const struct tamper_way tamper_program_ways[] = {
    {"freplace", by_replacement, "object"}, {"fentry-on-program", by_watcher, "object"},
    {"fmod-ret", by_modifier, "object"},    {"lsm", by_refuser, "object"},
    {"cgroup-sysctl", by_sysctl, "object"}, {"cgroup-device", by_device, "object"},
    {"scheduler", by_scheduler, "object"},  {},
};
