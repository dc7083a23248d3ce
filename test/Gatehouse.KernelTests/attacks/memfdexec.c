/* SPDX-License-Identifier: Apache-2.0 */
/* memfdexec FILE ARGS...: copies FILE into memory and executes it there; no file of that content needs to stay. */
#include "attack.h"

int main(int argc, char **argv, char **environment)
{
	if (argc < 2)
		attack_usage("memfdexec FILE ARGS...");
	fexecve(attack_memfd(argv[1]), argv + 1, environment);
	attack_failed("fexecve");
}
