/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scmexec FILE: another process opens FILE and hands the descriptor over a socket; this process, which never named the
 * file, maps it executable. scmexec --exec FILE ARGS...: the same, and executes it.
 */
#include "attack.h"
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

union control {
	char bytes[CMSG_SPACE(sizeof(int))];
	struct cmsghdr align;
};

static void send_descriptor(int socket, int fd)
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

static int receive_descriptor(int socket)
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

int main(int argc, char **argv, char **environment)
{
	int pair[2];

	int executes = argc > 2 && !strcmp(argv[1], "--exec");
	char **file = argv + (executes ? 2 : 1);

	if (!executes && argc != 2)
		attack_usage("scmexec FILE | scmexec --exec FILE ARGS...");
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		attack_failed("socketpair");
	pid_t child = fork();

	if (child < 0)
		attack_failed("fork");
	if (child == 0) {
		/* The other end must be this process's alone, or a failure here would leave the receiver waiting. */
		close(pair[0]);
		send_descriptor(pair[1], attack_open(*file, O_RDONLY));
		_exit(0);
	}
	close(pair[1]);
	int fd = receive_descriptor(pair[0]);

	waitpid(child, NULL, 0);
	if (executes) {
		syscall(SYS_execveat, fd, "", file, environment, AT_EMPTY_PATH);
		attack_failed("execveat");
	}
	if (mmap(NULL, attack_size(fd), PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0) == MAP_FAILED)
		attack_failed("mmap");
	attack_mapped();
}
