/* SPDX-License-Identifier: Apache-2.0 */
/* Attaches every program of an object, says so, and keeps them attached until it is ended. usage: floor OBJECT */
#include <bpf/libbpf.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct bpf_object *object = argc == 2 ? bpf_object__open(argv[1]) : NULL;
	struct bpf_program *program;

	if (!object || bpf_object__load(object)) {
		fputs("usage: floor OBJECT, in the test VM\n", stderr);
		return 1;
	}
	bpf_object__for_each_program(program, object) {
		if (!bpf_program__attach(program)) {
			fprintf(stderr, "%s: cannot be attached\n", bpf_program__name(program));
			return 1;
		}
	}
	puts("attached");
	fflush(stdout);
	for (;;)
		pause();
}
