/* SPDX-License-Identifier: Apache-2.0 */
/* Ways to have the kernel's code traced or stopped at, through tracefs and debugfs. */
#include "tamper.h"
#include <sys/mount.h>

#define TRACING "/sys/kernel/tracing/"

/* Whether a line of the file has the text in it. */
static int mentions(const char *path, const char *text)
{
	FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t size = 0;
	int found = 0;

	while (file && !found && getline(&line, &size, file) > 0)
		found = strstr(line, text) != NULL;
	free(line);
	if (file)
		fclose(file);
	return found;
}

static void append(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT)
		tamper_unsupported("this kernel has no such file");
	tamper_try("open", fd);
	tamper_try("write", write(fd, text, strlen(text)));
	close(fd);
}

static const char *watched, *unwanted;

static int is_absent(void)
{
	return !mentions(watched, unwanted);
}

static void watch(const char *path, const char *text)
{
	watched = path;
	unwanted = text;
	tamper_watch(is_absent);
}

/* A line that makes something, what then stands in the file, and a line that ends it. */
static _Noreturn void add(const char *path, const char *line, const char *seen, const char *ending)
{
	watch(path, seen);
	append(path, line);
	tamper_see(mentions(path, seen), "nothing of it is there");
	tamper_undo();
	append(path, ending);
	tamper_see(!mentions(path, seen), "it is there");
	tamper_worked();
}

static void by_kprobe(void)
{
	add(TRACING "kprobe_events", "p:tamper/probe __x64_sys_getpgid\n", "tamper/probe", "-:tamper/probe\n");
}

static void by_kretprobe(void)
{
	add(TRACING "kprobe_events", "r:tamper/return __x64_sys_getpgid\n", "tamper/return", "-:tamper/return\n");
}

static void by_dynamic(void)
{
	add(TRACING "dynamic_events", "p:tamper/dynamic __x64_sys_getpgid\n", "tamper/dynamic", "-:tamper/dynamic\n");
}

static void by_debugfs_kprobe(void)
{
	add("/sys/kernel/debug/tracing/kprobe_events", "p:tamper/debug __x64_sys_getpgid\n", "tamper/debug",
	    "-:tamper/debug\n");
}

static void by_uprobe(void)
{
	add(TRACING "uprobe_events", "p:tamper/user /bin/true:0x1000\n", "tamper/user", "-:tamper/user\n");
}

/* And enabled: the kernel's code is another then. */
static void by_kprobe_enabled(void)
{
	append(TRACING "kprobe_events", "p:tamper/enabled __x64_sys_getpgid\n");
	append(TRACING "events/tamper/enabled/enable", "1");
	tamper_see(mentions("/sys/kernel/debug/kprobes/list", "__x64_sys_getpgid"), "there is no probe");
	tamper_undo();
	append(TRACING "events/tamper/enabled/enable", "0");
	append(TRACING "kprobe_events", "-:tamper/enabled\n");
	tamper_worked();
}

static void by_filter(void)
{
	add(TRACING "set_ftrace_filter", "vfs_fallocate\n", "vfs_fallocate", "!vfs_fallocate\n");
}

static void by_notrace(void)
{
	add(TRACING "set_ftrace_notrace", "vfs_fallocate\n", "vfs_fallocate", "!vfs_fallocate\n");
}

static void by_event(void)
{
	add(TRACING "set_event", "sched:sched_process_exec\n", "sched_process_exec", "!sched:sched_process_exec\n");
}

/* When somebody executes a program, tracing ends for all. */
static void by_trigger(void)
{
	add(TRACING "events/sched/sched_process_exec/trigger", "traceoff:1\n", "traceoff:count=1", "!traceoff:1\n");
}

static void by_function_trigger(void)
{
	add(TRACING "set_ftrace_filter", "vfs_fallocate:traceoff:1\n", "traceoff", "!vfs_fallocate:traceoff:1\n");
}

static void by_instance(void)
{
	tamper_try("mkdir", mkdir(TRACING "instances/tamper", 0755));
	tamper_see(tamper_exists(TRACING "instances/tamper/trace"), "there is no instance");
	tamper_undo();
	tamper_need("rmdir", rmdir(TRACING "instances/tamper"));
	tamper_worked();
}

static void by_second(void)
{
	char *place = tamper_own("tracefs");

	tamper_need("mkdir", mkdir(place, 0755));
	tamper_try("mount", mount("tracefs", place, "tracefs", 0, NULL));
	add(tamper_own("tracefs/kprobe_events"), "p:tamper/second __x64_sys_getpgid\n", "tamper/second",
	    "-:tamper/second\n");
}

static void by_old(void)
{
	const char *line = "p:tamper/old __x64_sys_getpgid\n", *ending = "-:tamper/old\n";
	int fd = tamper_try("open", open(TRACING "kprobe_events", O_WRONLY | O_APPEND | O_CLOEXEC));

	tamper_wait();
	watch(TRACING "kprobe_events", "tamper/old");
	tamper_try("write", write(fd, line, strlen(line)));
	tamper_see(mentions(TRACING "kprobe_events", "tamper/old"), "nothing of it is there");
	tamper_undo();
	tamper_need("write", write(fd, ending, strlen(ending)));
	tamper_worked();
}

static void by_dynamic_debug(void)
{
	const char *path = "/proc/dynamic_debug/control";

	watch(path, "device_add =p");
	append(path, "func device_add +p\n");
	tamper_see(mentions(path, "device_add =p"), "it prints no more than it did");
	tamper_undo();
	append(path, "func device_add -p\n");
	tamper_worked();
}

const struct tamper_way tamper_trace_ways[] = {
    {"trace-kprobe", by_kprobe, "setting"},
    {"trace-kretprobe", by_kretprobe, "setting"},
    {"trace-kprobe-enabled", by_kprobe_enabled, "setting"},
    {"trace-dynamic-event", by_dynamic, "setting"},
    {"trace-debugfs-kprobe", by_debugfs_kprobe, "setting"},
    {"trace-uprobe", by_uprobe, "setting"},
    {"trace-filter", by_filter, "setting"},
    {"trace-notrace", by_notrace, "setting"},
    {"trace-event", by_event, "setting"},
    {"trace-trigger", by_trigger, "setting"},
    {"trace-function-trigger", by_function_trigger, "setting"},
    {"trace-instance", by_instance, "setting"},
    {"trace-second-tracefs", by_second, "setting"},
    {"old-trace-kprobe", by_old, "setting"},
    {"dynamic-debug", by_dynamic_debug, "setting"},
    {},
};
