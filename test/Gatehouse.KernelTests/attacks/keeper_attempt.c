/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keeper_attempt HOW PROGRAM [ARGUMENT…]: starts the agent's program in a way in which somebody else could be it, and ends with its status.
 *
 *   plain        as systemd does
 *   variable     with a variable that the loader obeys
 *   diagnostics  with a variable by which the runtime opens a port for debuggers, or not, whatever was said before
 *   seccomp      under a filter, which could answer its system calls; this one lets all through
 *   traced       under a tracer
 *   mounts       in a mount namespace of its own
 *   root         in another root directory, which has all that it needs
 *   pids         in a pid namespace of its own
 *   clock        in a time namespace of its own, in which less time has passed since boot
 *
 * Exit status: the program's; 120: the way could not be gone; 121: a signal ended it.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define BROKEN 120
#define ENDED  121

static _Noreturn void broken(const char *what)
{
	fprintf(stderr, "keeper_attempt: %s: %s\n", what, strerror(errno));
	exit(BROKEN);
}

static void filter(void)
{
	struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_fprog program = {1, &allow};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
		broken("seccomp");
}

static void make_root(void)
{
	static const char *const parts[] = {"usr", "lib", "lib64", "etc", "var", "proc", "sys", "run", "dev", "tmp"};
	char folder[] = "/tmp/root-XXXXXX", from[64], to[64];
	const char *first = getenv("KEEPER_FOLDER");

	if (!mkdtemp(folder) || mount("none", folder, "tmpfs", 0, NULL))
		broken(folder);
	for (size_t i = 0; i <= sizeof(parts) / sizeof(parts[0]); i++) {
		const char *part = i < sizeof(parts) / sizeof(parts[0]) ? parts[i] : first;

		if (!part)
			continue;
		snprintf(from, sizeof(from), "/%s", part);
		snprintf(to, sizeof(to), "%s/%s", folder, part);
		if (mkdir(to, 0755) || mount(from, to, NULL, MS_BIND | MS_REC, NULL))
			broken(to);
	}
	if (chroot(folder) || chdir("/"))
		broken("chroot");
}

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x80
#endif

/* For children. */
static void put_clock_back(void)
{
	static const char offset[] = "boottime -10 0";
	int file;

	if (unshare(CLONE_NEWTIME))
		broken("unshare");
	file = open("/proc/self/timens_offsets", O_WRONLY);
	if (file < 0 || write(file, offset, strlen(offset)) != (ssize_t)strlen(offset))
		broken("timens_offsets");
	close(file);
}

static void prepare(const char *how)
{
	if (!strcmp(how, "variable"))
		setenv("LD_BIND_NOW", "1", 1);
	else if (!strcmp(how, "diagnostics"))
		setenv("DOTNET_EnableDiagnostics", "1", 1);
	else if (!strcmp(how, "seccomp"))
		filter();
	else if (!strcmp(how, "traced") && ptrace(PTRACE_TRACEME, 0, 0, 0))
		broken("ptrace");
	else if (!strcmp(how, "mounts") && unshare(CLONE_NEWNS))
		broken("unshare");
	else if (!strcmp(how, "root"))
		make_root();
}

/* Goes on with every stop; what a tracer could do there is not needed to see whether it is minded. */
static int wait_for(pid_t child)
{
	int status;

	for (;;) {
		if (waitpid(child, &status, 0) < 0)
			broken("waitpid");
		if (WIFEXITED(status))
			return WEXITSTATUS(status);
		if (WIFSIGNALED(status))
			return ENDED;
		ptrace(PTRACE_CONT, child, 0, WSTOPSIG(status) == SIGTRAP ? 0 : WSTOPSIG(status));
	}
}

int main(int count, char **arguments)
{
	pid_t child;

	if (count < 3)
		return BROKEN;
	if (!strcmp(arguments[1], "pids") && unshare(CLONE_NEWPID))
		broken("unshare");
	if (!strcmp(arguments[1], "clock"))
		put_clock_back();
	child = fork();
	if (child < 0)
		broken("fork");
	if (!child) {
		prepare(arguments[1]);
		execv(arguments[2], arguments + 2);
		broken(arguments[2]);
	}
	return wait_for(child);
}
