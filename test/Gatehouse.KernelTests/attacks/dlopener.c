/* SPDX-License-Identifier: Apache-2.0 */
/* dlopener LIB [SYMBOL]: loads a library in the running process and calls a function of it without arguments. */
#include "attack.h"
#include <dlfcn.h>

int main(int argc, char **argv)
{
	if (argc != 2 && argc != 3)
		attack_usage("dlopener LIB [SYMBOL]");
	void *library = dlopen(argv[1], RTLD_NOW);

	if (!library) {
		/* dlopen hands no errno on; this is its text for a mapping that the kernel refused. */
		const char *reason = dlerror();
		int refused = strstr(reason, "failed to map segment") != NULL;

		fprintf(stderr, "%s: dlopen: %s\n", refused ? "refused" : "broken", reason);
		return refused ? ATTACK_REFUSED : ATTACK_BROKEN;
	}
	if (argc == 3) {
		void (*function)(void) = (void (*)(void))dlsym(library, argv[2]);

		if (!function) {
			fprintf(stderr, "broken: dlsym: %s\n", dlerror());
			return ATTACK_BROKEN;
		}
		function();
	}
	puts("loaded");
	return ATTACK_WORKED;
}
