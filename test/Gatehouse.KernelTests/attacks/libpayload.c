/* SPDX-License-Identifier: Apache-2.0 */
/* The library that the attacks try to load: by LD_PRELOAD, LD_AUDIT or dlopen. If its text appears, its code ran. */
#include <string.h>
#include <unistd.h>

/* write(2) and not stdio: as an audit library this runs before the program's own C library is ready. */
static void say(const char *text)
{
	if (write(STDOUT_FILENO, text, strlen(text)) < 0)
		_exit(2);
}

__attribute__((constructor)) static void constructor(void)
{
	say("library ran\n");
}

void payload(void)
{
	say("library function ran\n");
}

/* Makes it an audit library; the loader drops one that does not answer with a version. */
unsigned la_version(unsigned version)
{
	return version;
}
