/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: replace OBJECT FUNCTION [PROGRAM]
 * Replaces a global function of a loaded program by one of OBJECT (a BPF program of type EXT). Without PROGRAM: of OBJECT's own
 * example. Prints "replaced", or "refused" and what the verifier said last. Ends the program as broken if there is no such program.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include "attack.h"

#define LOG_BYTES 65536

static char log_text[LOG_BYTES];

static int silent(enum libbpf_print_level level, const char *format, va_list arguments)
{
	return 0;
}

static void need(int ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "broken: %s: %s\n", what, strerror(errno));
	exit(ATTACK_BROKEN);
}

static int loaded_program(const char *name)
{
	struct bpf_prog_info information;
	__u32 id = 0, length;

	while (!bpf_prog_get_next_id(id, &id)) {
		int fd = bpf_prog_get_fd_by_id(id);

		memset(&information, 0, sizeof(information));
		length = sizeof(information);
		if (fd >= 0 && !bpf_obj_get_info_by_fd(fd, &information, &length) && !strcmp(information.name, name))
			return fd;
		close(fd);
	}
	return -1;
}

/* Opens the object with one program to be loaded. */
static struct bpf_object *open_only(const char *path, const char *only, struct bpf_program **found)
{
	struct bpf_object *object = bpf_object__open_file(path, NULL);
	struct bpf_program *program;

	need(object != NULL, path);
	*found = bpf_object__find_program_by_name(object, only);
	need(*found != NULL, only);
	bpf_object__for_each_program(program, object) bpf_program__set_autoload(program, program == *found);
	return object;
}

int main(int argc, char **argv)
{
	struct bpf_program *program, *example;
	struct bpf_object *object;
	char name[64];
	int target;

	if (argc != 3 && argc != 4)
		attack_usage("OBJECT FUNCTION [PROGRAM]");
	libbpf_set_print(silent);
	if (argc == 4) {
		target = loaded_program(argv[3]);
		need(target >= 0, argv[3]);
	} else {
		need(!bpf_object__load(open_only(argv[1], "example", &example)), "load example");
		target = bpf_program__fd(example);
	}
	snprintf(name, sizeof(name), "replace_%s", argv[2]);
	object = open_only(argv[1], name, &program);
	need(!bpf_program__set_attach_target(program, target, argv[2]), "set_attach_target");
	bpf_program__set_log_buf(program, log_text, sizeof(log_text));
	bpf_program__set_log_level(program, 1);
	if (bpf_object__load(object)) {
		printf("refused %s\n", log_text);
		return 0;
	}
	need(bpf_program__attach_freplace(program, target, argv[2]) != NULL, "attach_freplace");
	puts("replaced");
	return 0;
}
