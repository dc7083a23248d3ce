/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tamper_object [--object-map ID] [--object-prog ID] [--object-link ID] [--pins DIR] [WAY...]: tries the ways by which root
 * changes BPF objects that are not its own, or acts by programs on what is protected. Without an option it makes a target
 * of its own. tamper_object --list, and what it prints: as tamper.c. tamper_object.bpf.o is beside the program.
 */
#include "tamper_bpf.h"
#include "tamper_main.h"
#include <dirent.h>
#include <sys/mount.h>

const struct tamper_way *const tamper_parts[] = {tamper_pin_ways, tamper_object_ways, tamper_program_ways,
						 tamper_strike_ways, NULL};

const char tamper_usage[] =
    "tamper_object [--object-map ID] [--object-prog ID] [--object-link ID] [--pins DIR] [WAY...] | --list\n";

__u32 tamper_map_id, tamper_prog_id, tamper_link_id;
char tamper_pins[PATH_MAX], tamper_pin[PATH_MAX];
int tamper_pin_fd = -1, tamper_are_own;

static int held_map = -1, held_link = -1;
static char cgroup[64], room[64];

int tamper_option(const char *name, const char *value)
{
	if (!strcmp(name, "--object-map"))
		tamper_map_id = atoi(value);
	else if (!strcmp(name, "--object-prog"))
		tamper_prog_id = atoi(value);
	else if (!strcmp(name, "--object-link"))
		tamper_link_id = atoi(value);
	else if (!strcmp(name, "--pins"))
		return realpath(value, tamper_pins) != NULL;
	else
		return 0;
	return 1;
}

int tamper_make_map(enum bpf_map_type type, __u32 flags)
{
	LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = flags);
	int fd = bpf_map_create(type, "bystander", 4, 8, type == BPF_MAP_TYPE_HASH ? 4 : 1, &options);
	__u64 value = 7;
	__u32 key = 0;

	if (fd >= 0)
		bpf_map_update_elem(fd, &key, &value, 0);
	return fd;
}

/* r0 = 1; exit: it lets everything through. */
int tamper_make_prog(void)
{
	static const struct bpf_insn instructions[] = {
	    {.code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = 1},
	    {.code = BPF_JMP | BPF_EXIT},
	};
	LIBBPF_OPTS(bpf_prog_load_opts, options, .expected_attach_type = BPF_CGROUP_INET_EGRESS);

	return bpf_prog_load(BPF_PROG_TYPE_CGROUP_SKB, "bystander", "GPL", instructions, 2, &options);
}

int tamper_make_link(int prog)
{
	int folder, fd;

	if (mkdir(cgroup, 0755) && errno != EEXIST)
		return -1;
	folder = open(cgroup, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	fd = folder < 0 ? -1 : bpf_link_create(prog, folder, BPF_CGROUP_INET_EGRESS, NULL);
	close(folder);
	return fd;
}

__u32 tamper_id_of_map(int fd)
{
	struct bpf_map_info information = {0};
	__u32 length = sizeof(information);

	return bpf_obj_get_info_by_fd(fd, &information, &length) ? 0 : information.id;
}

__u32 tamper_id_of_prog(int fd)
{
	struct bpf_prog_info information = {0};
	__u32 length = sizeof(information);

	return bpf_obj_get_info_by_fd(fd, &information, &length) ? 0 : information.id;
}

__u32 tamper_id_of_link(int fd, __u32 *prog_id)
{
	struct bpf_link_info information = {0};
	__u32 length = sizeof(information);

	if (bpf_obj_get_info_by_fd(fd, &information, &length))
		return 0;
	if (prog_id)
		*prog_id = information.prog_id;
	return information.id;
}

int tamper_map(void)
{
	return tamper_try("BPF_MAP_GET_FD_BY_ID", bpf_map_get_fd_by_id(tamper_map_id));
}

int tamper_prog(void)
{
	return tamper_try("BPF_PROG_GET_FD_BY_ID", bpf_prog_get_fd_by_id(tamper_prog_id));
}

int tamper_link(void)
{
	return tamper_try("BPF_LINK_GET_FD_BY_ID", bpf_link_get_fd_by_id(tamper_link_id));
}

char *tamper_own_pins(const char *name)
{
	char *path = tamper_own("pins");

	if (!mkdir(path, 0755))
		tamper_need("mount of a bpffs", mount("bpf", path, "bpf", 0, NULL));
	tamper_need("asprintf", asprintf(&path, "%s/%s", tamper_own("pins"), name));
	return path;
}

static int failed(const char *what)
{
	fprintf(stderr, "broken: %s: %s\n", what, strerrorname_np(errno));
	return 2;
}

static int make_pins(int map)
{
	snprintf(tamper_pins, sizeof(tamper_pins), "%s/pins", room);
	snprintf(tamper_pin, sizeof(tamper_pin), "%s/pins/map", room);
	if (mkdir(tamper_pins, 0755) || mount("bpf", tamper_pins, "bpf", 0, NULL) || bpf_obj_pin(map, tamper_pin))
		return -1;
	return 0;
}

static int find_pin(void)
{
	DIR *folder = opendir(tamper_pins);
	struct dirent *entry;

	while (folder && (entry = readdir(folder)) && !tamper_pin[0]) {
		if (entry->d_type == DT_REG)
			snprintf(tamper_pin, sizeof(tamper_pin), "%.3800s/%.255s", tamper_pins, entry->d_name);
	}
	if (folder)
		closedir(folder);
	errno = 0;
	return tamper_pin[0] ? 0 : -1;
}

static int silent(enum libbpf_print_level level, const char *format, va_list arguments)
{
	(void)level, (void)format, (void)arguments;
	return 0;
}

int tamper_begin(void)
{
	int prog;

	libbpf_set_print(silent);
	snprintf(room, sizeof(room), "/dev/shm/tamper-%d", getpid());
	snprintf(cgroup, sizeof(cgroup), "/sys/fs/cgroup/tamper-%d", getpid());
	if (mkdir(room, 0755))
		return failed(room);
	strcpy(tamper_parent, room);
	tamper_are_own = !tamper_map_id && !tamper_prog_id && !tamper_link_id && !tamper_pins[0];
	if (tamper_are_own) {
		held_map = tamper_make_map(BPF_MAP_TYPE_HASH, 0);
		prog = tamper_make_prog();
		held_link = tamper_make_link(prog);
		if (held_map < 0 || prog < 0 || held_link < 0)
			return failed("objects of its own");
		tamper_map_id = tamper_id_of_map(held_map);
		tamper_prog_id = tamper_id_of_prog(prog);
		tamper_link_id = tamper_id_of_link(held_link, NULL);
		if (make_pins(held_map))
			return failed("pins of its own");
	} else if (tamper_pins[0] && find_pin()) {
		return failed("no pin");
	}
	/* For taking back. Whoever is refused it has nothing to take back. */
	if (tamper_pin[0])
		tamper_pin_fd = bpf_obj_get(tamper_pin);
	return 0;
}

void tamper_finish(void)
{
	if (tamper_are_own)
		umount2(tamper_pins, MNT_DETACH);
	rmdir(tamper_pins);
	rmdir(room);
	rmdir(cgroup);
}

void tamper_describe(FILE *out)
{
	__u32 key = 0, prog = 0;
	__u64 value = 0;

	if (held_map < 0)
		return;
	bpf_map_lookup_elem(held_map, &key, &value);
	tamper_id_of_link(held_link, &prog);
	fprintf(out, "map %lld link %d\n", (long long)value, prog);
}
