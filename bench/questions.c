/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The least agent that is asked about opens: allows each, and adds an ignore mark to what it has answered if it is told to.
 * Says "attached" when the marks are set, and goes on until it is ended. For bench/questions, in the test VM only.
 *
 * usage: questions filesystem|mount EVENTS IGNORE PATH…    EVENTS: a sum of open=1, exec=2, close-write=4; IGNORE: never, ignore, mask
 */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fanotify.h>
#include <unistd.h>

#ifndef FAN_MARK_EVICTABLE
#define FAN_MARK_EVICTABLE 0x200
#endif
#ifndef FAN_MARK_IGNORE
#define FAN_MARK_IGNORE 0x400
#endif

static void must(int ok, const char *what)
{
	if (!ok) {
		perror(what);
		exit(1);
	}
}

int main(int argc, char **argv)
{
	static char buffer[65536] __attribute__((aligned(8)));
	unsigned long long asked = FAN_OPEN_PERM | FAN_OPEN_EXEC_PERM, mask = 0;
	int group, flags, events;

	if (argc < 5) {
		fputs("usage: questions filesystem|mount EVENTS never|ignore|mask PATH...\n", stderr);
		return 2;
	}
	flags = FAN_MARK_ADD | (strcmp(argv[1], "mount") ? FAN_MARK_FILESYSTEM : FAN_MARK_MOUNT);
	events = atoi(argv[2]);
	mask |= events & 1 ? FAN_OPEN_PERM : 0;
	mask |= events & 2 ? FAN_OPEN_EXEC_PERM : 0;
	mask |= events & 4 ? FAN_CLOSE_WRITE : 0;
	group = fanotify_init(FAN_CLASS_CONTENT | FAN_CLOEXEC | FAN_UNLIMITED_QUEUE | FAN_UNLIMITED_MARKS, O_RDONLY | O_LARGEFILE | O_CLOEXEC | O_NONBLOCK);
	must(group >= 0, "fanotify_init");
	for (int i = 4; i < argc; i++)
		must(!fanotify_mark(group, flags, mask, AT_FDCWD, argv[i]), argv[i]);
	puts("attached");
	fflush(stdout);
	for (;;) {
		ssize_t length = read(group, buffer, sizeof(buffer));
		struct fanotify_event_metadata *event = (void *)buffer;

		must(length > 0, "read");
		for (; FAN_EVENT_OK(event, length); event = FAN_EVENT_NEXT(event, length)) {
			struct fanotify_response answer = {event->fd, FAN_ALLOW};

			if ((event->mask & asked) && !strcmp(argv[3], "ignore"))
				must(!fanotify_mark(group, FAN_MARK_ADD | FAN_MARK_IGNORE | FAN_MARK_EVICTABLE, mask & asked, event->fd, NULL), "FAN_MARK_IGNORE");
			if ((event->mask & asked) && !strcmp(argv[3], "mask"))
				must(!fanotify_mark(group, FAN_MARK_ADD | FAN_MARK_IGNORED_MASK | FAN_MARK_EVICTABLE, mask & asked, event->fd, NULL), "FAN_MARK_IGNORED_MASK");
			if (event->mask & asked)
				must(write(group, &answer, sizeof(answer)) == sizeof(answer), "write");
			close(event->fd);
		}
	}
}
