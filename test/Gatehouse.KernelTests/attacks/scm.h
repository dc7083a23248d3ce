/* SPDX-License-Identifier: Apache-2.0 */
/* A descriptor that is handed over a Unix socket. */
#ifndef GATEHOUSE_SCM_H
#define GATEHOUSE_SCM_H

#include <sys/socket.h>
#include <sys/wait.h>
#include "attack.h"

union control {
	char bytes[CMSG_SPACE(sizeof(int))];
	struct cmsghdr align;
};

static inline void scm_send(int socket, int fd)
{
	char byte = 'x';
	struct iovec data = {.iov_base = &byte, .iov_len = 1};
	union control control = {0};
	struct msghdr message = {
	    .msg_iov = &data, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof(control.bytes)};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &fd, sizeof(int));
	if (sendmsg(socket, &message, 0) < 0)
		attack_failed("sendmsg");
}

static inline int scm_receive(int socket)
{
	char byte;
	struct iovec data = {.iov_base = &byte, .iov_len = 1};
	union control control = {0};
	struct msghdr message = {
	    .msg_iov = &data, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof(control.bytes)};
	int fd;

	if (recvmsg(socket, &message, 0) < 0)
		attack_failed("recvmsg");
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	if (!header || header->cmsg_type != SCM_RIGHTS) {
		fputs("broken: no descriptor arrived\n", stderr);
		exit(ATTACK_BROKEN);
	}
	memcpy(&fd, CMSG_DATA(header), sizeof(int));
	return fd;
}

/* FILE as another process has opened it; this one never named it. */
static inline int scm_open(const char *file)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		attack_failed("socketpair");
	pid_t child = fork();

	if (child < 0)
		attack_failed("fork");
	if (child == 0) {
		/* The other end must be this process's alone, or a failure here would leave the receiver waiting. */
		close(pair[0]);
		scm_send(pair[1], attack_open(file, O_RDONLY));
		_exit(0);
	}
	close(pair[1]);
	int fd = scm_receive(pair[0]);

	waitpid(child, NULL, 0);
	return fd;
}

#endif
