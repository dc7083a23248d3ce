/* SPDX-License-Identifier: Apache-2.0 */
/* Runs ways of tampering, each as a process, and says how each ended (tamper.c). */
#include "tamper_main.h"
#include <ftw.h>
#include <sys/prctl.h>

/* No way waits for anything but a disk. */
enum { LONGEST_SECONDS = 120 };

/* Shared with the process of the way. */
static struct {
	pid_t actor;
	int changed;
	char answer[256];
	char own[PATH_MAX + 32];
} * report;

char tamper_folder[PATH_MAX], tamper_parent[PATH_MAX];
const struct tamper_way *tamper_now;
static int waits, undoes;
static int (*is_same)(void);

static pid_t way_process;
static void (*clean_up)(void);

/* A child's answer is the way's; what is to be cleaned up is the way's own. */
static _Noreturn void leave(void)
{
	void (*function)(void) = clean_up;

	clean_up = NULL;
	if (function && getpid() == way_process)
		function();
	_exit(0);
}

static _Noreturn void end(const char *format, const char *what, const char *error)
{
	snprintf(report->answer, sizeof(report->answer), format, what, error);
	leave();
}

void tamper_clean_up(void (*function)(void))
{
	clean_up = function;
}

void tamper_worked(void)
{
	end("granted", "", "");
}

void tamper_unsupported(const char *what)
{
	end("unsupported %s", what, "");
}

void tamper_broken(const char *what)
{
	const char *error = errno ? strerrorname_np(errno) : "";

	end(undoes ? "broken not undone: %s %s" : "broken %s %s", what, error);
}

void tamper_failed(const char *call)
{
	int error;

	if (undoes)
		tamper_broken(call);
	if (errno == ENOSYS || errno == EOPNOTSUPP)
		end("unsupported %s %s", call, strerrorname_np(errno));
	error = errno;
	if (error != EPERM && error != EACCES)
		tamper_broken(call);
	if (is_same && !is_same())
		end("broken refused %s %s, but it has changed", call, strerrorname_np(error));
	end("refused %s %s", call, strerrorname_np(error));
}

void tamper_watch(int (*function)(void))
{
	is_same = function;
}

long tamper_try(const char *call, long result)
{
	if (result < 0)
		tamper_failed(call);
	return result;
}

long tamper_need(const char *call, long result)
{
	if (result < 0)
		tamper_broken(call);
	return result;
}

void tamper_see(int seen, const char *what)
{
	errno = 0;
	if (!seen)
		tamper_broken(what);
}

void tamper_undo(void)
{
	undoes = 1;
	report->changed = 1;
}

void tamper_acts(pid_t pid)
{
	report->actor = pid;
}

void tamper_wait(void)
{
	char line[16];

	if (!waits)
		return;
	puts("opened");
	fflush(stdout);
	if (!fgets(line, sizeof(line), stdin))
		tamper_broken("nobody says when");
}

static char *own(const char *format, const char *name)
{
	char *path;

	if (!report->own[0]) {
		snprintf(report->own, sizeof(report->own), format, tamper_parent, getpid());
		tamper_need("mkdir of the attacker's own folder", mkdir(report->own, 0755));
	}
	tamper_need("asprintf", asprintf(&path, name[0] ? "%s/%s" : "%s", report->own, name));
	return path;
}

char *tamper_own(const char *name)
{
	return own("%s/.tamper-%d", name);
}

char *tamper_own_above(const char *name)
{
	return own("%s.tamper-%d", name);
}

pid_t tamper_start(void (*act)(const void *argument), const void *argument)
{
	pid_t child = fork();

	tamper_need("fork", child);
	if (child)
		return child;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	act(argument);
	_exit(0);
}

void tamper_join(pid_t child)
{
	int status;

	tamper_need("waitpid", waitpid(child, &status, 0));
	if (report->answer[0])
		leave();
	if (WIFSIGNALED(status))
		end("killed %s", sigabbrev_np(WTERMSIG(status)), "");
	if (WEXITSTATUS(status))
		tamper_broken("the child's exit status");
}

static void (*inside)(const void *argument);

static void act_inside(const void *argument)
{
	tamper_acts(getpid());
	inside(argument);
}

void tamper_inside(void (*act)(const void *argument), const void *argument)
{
	inside = act;
	tamper_join(tamper_start(act_inside, argument));
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *place)
{
	(void)status, (void)type, (void)place;
	return remove(path);
}

/* A timer would be the way's to change. */
static int wait_for(pid_t child, int *status)
{
	for (int tenths = 0; tenths < LONGEST_SECONDS * 10; tenths++) {
		if (waitpid(child, status, WNOHANG) == child)
			return 1;
		usleep(tenths < 10 ? 10000 : 100000);
	}
	kill(child, SIGKILL);
	return 0;
}

/* The first line that is not in both. */
static void compare(const char *before, const char *after)
{
	char answer[sizeof(report->answer)];
	size_t line = 0;

	if (!strcmp(before, after))
		return;
	for (size_t i = 0; before[i] == after[i]; i++) {
		if (before[i] == '\n')
			line = i + 1;
	}
	strcpy(answer, report->answer);
	snprintf(report->answer, sizeof(report->answer), "broken %.40s, but left changed: %.70s | %.70s", answer,
		 before + line, after + line);
	for (char *end_of_line = report->answer; *end_of_line; end_of_line++) {
		if (*end_of_line == '\n')
			*end_of_line = ' ';
	}
}

static void attempt(const struct tamper_way *way)
{
	char *before = tamper_state(), *after;
	pid_t child;
	int status;

	memset(report, 0, sizeof(*report));
	fflush(stdout);
	child = fork();
	if (!child) {
		tamper_now = way;
		way_process = getpid();
		way->attempt();
		errno = 0;
		tamper_broken("the way has no end");
	}
	if (child < 0) {
		perror("broken: fork");
		exit(2);
	}
	if (waits) {
		waitpid(child, &status, 0);
	} else if (!wait_for(child, &status)) {
		strcpy(report->answer, "broken it hangs");
		status = 0;
	}
	if (WIFSIGNALED(status))
		snprintf(report->answer, sizeof(report->answer), "%s %s",
			 report->changed ? "broken not undone: killed" : "killed", sigabbrev_np(WTERMSIG(status)));
	else if (WEXITSTATUS(status) || !report->answer[0])
		snprintf(report->answer, sizeof(report->answer), "broken exit status %d", WEXITSTATUS(status));
	if (report->own[0]) {
		tamper_unmount_below(report->own);
		nftw(report->own, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
	}
	after = tamper_state();
	compare(before, after);
	free(after);
	free(before);
	printf("%s %d %s\n", way->name, report->actor ? report->actor : child, report->answer);
	fflush(stdout);
}

static int is_named(const char *name, char **names)
{
	if (!*names)
		return 1;
	for (; *names; names++) {
		if (!strcmp(*names, name))
			return 1;
	}
	return 0;
}

static int use_folder(const char *folder)
{
	if (!realpath(folder, tamper_folder)) {
		perror(folder);
		return 2;
	}
	strcpy(tamper_parent, tamper_folder);
	*strrchr(tamper_parent, '/') = 0;
	return 0;
}

static int usage(void)
{
	fprintf(stderr, "usage: %s", tamper_usage);
	return 2;
}

int main(int argc, char **argv)
{
	int lists = 0, tried = 0, status;
	char **names = argv + 1;

	(void)argc;

	for (; *names && !strncmp(*names, "--", 2); names++) {
		if (!strcmp(*names, "--wait"))
			waits = 1;
		else if (!strcmp(*names, "--list"))
			lists = 1;
		else if (!names[1])
			return usage();
		else if (!strcmp(*names, "--prepare"))
			return tamper_prepare(names[1]);
		else if (!strcmp(*names, "--folder")) {
			if (use_folder(*++names))
				return 2;
		} else if (!tamper_option(*names, names[1]))
			return usage();
		else
			names++;
	}
	report = mmap(NULL, sizeof(*report), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (report == MAP_FAILED)
		return usage();
	status = lists ? 0 : tamper_begin();
	if (status)
		return status;
	for (size_t part = 0; tamper_parts[part]; part++) {
		for (const struct tamper_way *way = tamper_parts[part]; way->name; way++) {
			if (lists) {
				printf("%s\t%s\n", way->name, way->kind);
			} else if (is_named(way->name, names)) {
				attempt(way);
				tried++;
			}
		}
	}
	if (!lists)
		tamper_finish();
	return lists || tried ? 0 : usage();
}
