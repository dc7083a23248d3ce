/* SPDX-License-Identifier: Apache-2.0 */
/*
 * deafclient NAME MILLISECONDS SIGNAL: a client of rules that ask (POST /v1/questions) that reads its questions and never
 * answers. Says "ready" when it is connected, then "asked" for each question that it has read, and sends itself the signal
 * (0: none). Itself, because who would send it would have to be started, and be asked about.
 */
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include "answer.h"

static int connected(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "/run/gatehouse/control.sock"};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	answer_need("socket", fd);
	answer_need("connect", connect(fd, (struct sockaddr *)&address, sizeof(address)));
	return fd;
}

static void hear(const char *line, int signal)
{
	int is_question = !!strstr(line, "\"line\":\"question\"");

	if (strstr(line, "\"line\":\"welcome\""))
		puts("ready");
	else if (is_question)
		puts("asked");
	fflush(stdout);
	if (is_question && signal)
		raise(signal);
}

int main(int argc, char **argv)
{
	char request[512], line[8192];
	FILE *stream;
	int fd;

	if (argc != 4)
		attack_usage("deafclient NAME MILLISECONDS SIGNAL");
	snprintf(request, sizeof(request),
		 "POST /v1/questions?client=%s&deadline=%s&sha256=false HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
		 "0\r\n\r\n",
		 argv[1], argv[2]);
	fd = connected();
	answer_need("write", write(fd, request, strlen(request)));
	stream = fdopen(fd, "r");
	while (fgets(line, sizeof(line), stream))
		hear(line, atoi(argv[3]));
	return 0;
}
