/* SPDX-License-Identifier: Apache-2.0 */
/* Ways to change settings of the kernel that are files: of /proc/sys and /sys. */
#include "tamper.h"

void tamper_write_setting(const char *path, const char *value)
{
	int fd = tamper_try("open", open(path, O_WRONLY | O_CLOEXEC));
	char line[1024];

	/* Some settings want the line's end, and nothing is written by no byte at all. */
	snprintf(line, sizeof(line), "%s\n", value);
	tamper_try("write", write(fd, line, strlen(line)));
	close(fd);
}

static const char *watched;
static char before[1024];

static int is_same(void)
{
	char after[1024];

	return !tamper_read(watched, after, sizeof(after)) && !strcmp(before, after);
}

void tamper_watch_setting(const char *path)
{
	if (tamper_read(path, before, sizeof(before))) {
		if (errno == ENOENT)
			tamper_unsupported("this kernel has no such setting");
		tamper_failed("read");
	}
	watched = path;
	tamper_watch(is_same);
}

/* The first of the values that is not there already. */
static char *choose(const char *values)
{
	char *rest = strdup(values), *value;

	while ((value = strsep(&rest, "|"))) {
		if (strcmp(value, before))
			return value;
	}
	errno = 0;
	tamper_broken("no other value");
}

void tamper_set(const char *path, const char *values, void (*write)(const char *path, const char *value))
{
	tamper_watch_setting(path);
	write(path, choose(values));
	tamper_see(!is_same(), "the value is as it was");
	tamper_undo();
	tamper_write_setting(path, before);
	tamper_see(is_same(), "the value before");
	tamper_worked();
}

static void by_write(void)
{
	tamper_set(tamper_now->path, tamper_now->values, tamper_write_setting);
}

#define KERNEL "/proc/sys/kernel/"
#define MEMORY "/proc/sys/vm/"
#define FILES  "/proc/sys/fs/"

const struct tamper_way tamper_setting_ways[] = {
    {"ftrace-enabled", by_write, "setting", KERNEL "ftrace_enabled", "0|1"},
    {"sysrq", by_write, "setting", KERNEL "sysrq", "0|1"},
    {"core-pattern", by_write, "setting", KERNEL "core_pattern", "tampered|core"},
    {"core-pipe-limit", by_write, "setting", KERNEL "core_pipe_limit", "1|0"},
    {"modprobe-path", by_write, "setting", KERNEL "modprobe", "/bin/true|/sbin/modprobe"},
    {"hotplug-path", by_write, "setting", KERNEL "hotplug", "/bin/true|/sbin/hotplug"},
    {"uevent-helper", by_write, "setting", "/sys/kernel/uevent_helper", "/bin/true|/bin/false"},
    {"poweroff-path", by_write, "setting", KERNEL "poweroff_cmd", "/bin/true|/sbin/poweroff"},
    {"ctrl-alt-del", by_write, "setting", KERNEL "ctrl-alt-del", "1|0"},
    {"kptr-restrict", by_write, "setting", KERNEL "kptr_restrict", "1|0"},
    {"dmesg-restrict", by_write, "setting", KERNEL "dmesg_restrict", "1|0"},
    {"perf-event-paranoid", by_write, "setting", KERNEL "perf_event_paranoid", "-1|2"},
    {"perf-event-rate", by_write, "setting", KERNEL "perf_event_max_sample_rate", "1000|2000"},
    {"unprivileged-bpf", by_write, "setting", KERNEL "unprivileged_bpf_disabled", "0|2"},
    {"bpf-stats", by_write, "setting", KERNEL "bpf_stats_enabled", "1|0"},
    {"bpf-jit-harden", by_write, "setting", "/proc/sys/net/core/bpf_jit_harden", "2|0"},
    {"bpf-jit-kallsyms", by_write, "setting", "/proc/sys/net/core/bpf_jit_kallsyms", "0|1"},
    {"bpf-jit-limit", by_write, "setting", "/proc/sys/net/core/bpf_jit_limit", "100000000|200000000"},
    {"panic", by_write, "setting", KERNEL "panic", "100|0"},
    {"panic-on-oops", by_write, "setting", KERNEL "panic_on_oops", "0|1"},
    {"panic-on-warn", by_write, "setting", KERNEL "panic_on_warn", "1|0"},
    {"oops-limit", by_write, "setting", KERNEL "oops_limit", "1|10000"},
    {"hung-task-panic", by_write, "setting", KERNEL "hung_task_panic", "1|0"},
    {"hung-task-timeout", by_write, "setting", KERNEL "hung_task_timeout_secs", "1000|0"},
    {"watchdog", by_write, "setting", KERNEL "watchdog", "0|1"},
    {"printk", by_write, "setting", KERNEL "printk", "1\t4\t1\t7|4\t4\t1\t7"},
    {"printk-devkmsg", by_write, "setting", KERNEL "printk_devkmsg", "off|on"},
    {"printk-ratelimit", by_write, "setting", KERNEL "printk_ratelimit", "100|5"},
    {"randomize-va-space", by_write, "setting", KERNEL "randomize_va_space", "0|2"},
    {"threads-max", by_write, "setting", KERNEL "threads-max", "5000|6000"},
    {"pid-max", by_write, "setting", KERNEL "pid_max", "30000|32768"},
    {"ptrace-scope", by_write, "setting", KERNEL "yama/ptrace_scope", "1|0"},
    {"io-uring-disabled", by_write, "setting", KERNEL "io_uring_disabled", "1|0"},
    {"userns-clone", by_write, "setting", KERNEL "unprivileged_userns_clone", "0|1"},
    {"max-user-namespaces", by_write, "setting", "/proc/sys/user/max_user_namespaces", "100|200"},
    {"rt-runtime", by_write, "setting", KERNEL "sched_rt_runtime_us", "-1|950000"},
    {"timer-migration", by_write, "setting", KERNEL "timer_migration", "0|1"},
    {"traceoff-on-warning", by_write, "setting", KERNEL "traceoff_on_warning", "1|0"},
    {"stack-tracer", by_write, "setting", KERNEL "stack_tracer_enabled", "1|0"},
    {"domainname", by_write, "setting", KERNEL "domainname", "tampered|(none)"},
    {"panic-on-oom", by_write, "setting", MEMORY "panic_on_oom", "1|0"},
    {"oom-kill-allocating-task", by_write, "setting", MEMORY "oom_kill_allocating_task", "1|0"},
    {"oom-dump-tasks", by_write, "setting", MEMORY "oom_dump_tasks", "0|1"},
    {"overcommit-memory", by_write, "setting", MEMORY "overcommit_memory", "1|0"},
    {"overcommit-ratio", by_write, "setting", MEMORY "overcommit_ratio", "40|50"},
    {"max-map-count", by_write, "setting", MEMORY "max_map_count", "60000|65530"},
    {"mmap-min-addr", by_write, "setting", MEMORY "mmap_min_addr", "0|65536"},
    {"mmap-rnd-bits", by_write, "setting", MEMORY "mmap_rnd_bits", "29|28"},
    {"unprivileged-userfaultfd", by_write, "setting", MEMORY "unprivileged_userfaultfd", "1|0"},
    {"dirty-ratio", by_write, "setting", MEMORY "dirty_ratio", "5|20"},
    {"protected-symlinks", by_write, "setting", FILES "protected_symlinks", "0|1"},
    {"protected-hardlinks", by_write, "setting", FILES "protected_hardlinks", "0|1"},
    {"protected-regular", by_write, "setting", FILES "protected_regular", "1|0"},
    {"suid-dumpable", by_write, "setting", FILES "suid_dumpable", "1|0"},
    {"file-max", by_write, "setting", FILES "file-max", "50000|60000"},
    {"nr-open", by_write, "setting", FILES "nr_open", "50000|60000"},
    {"mount-max", by_write, "setting", FILES "mount-max", "5000|6000"},
    {"pipe-max-size", by_write, "setting", FILES "pipe-max-size", "65536|131072"},
    {"lease-break-time", by_write, "setting", FILES "lease-break-time", "10|45"},
    {"inotify-watches", by_write, "setting", FILES "inotify/max_user_watches", "100|200"},
    {"fanotify-marks", by_write, "setting", FILES "fanotify/max_user_marks", "100|200"},
    {"verity-signatures", by_write, "setting", FILES "verity/require_signatures", "1|0"},
    {"printk-time", by_write, "setting", "/sys/module/printk/parameters/time", "N|Y"},
    {"printk-ignore-loglevel", by_write, "setting", "/sys/module/printk/parameters/ignore_loglevel", "Y|N"},
    {"rcu-expedited", by_write, "setting", "/sys/kernel/rcu_expedited", "1|0"},
    {"reboot-force", by_write, "setting", "/sys/kernel/reboot/force", "1|0"},
    {"cpu-offline", by_write, "setting", "/sys/devices/system/cpu/cpu1/online", "0|1"},
    {"clock-source", by_write, "clock", "/sys/devices/system/clocksource/clocksource0/current_clocksource",
     "acpi_pm|hpet"},
    {"tracing-on", by_write, "setting", "/sys/kernel/tracing/tracing_on", "0|1"},
    {"tracing-debugfs", by_write, "setting", "/sys/kernel/debug/tracing/tracing_on", "0|1"},
    {"tracing-cpumask", by_write, "setting", "/sys/kernel/tracing/tracing_cpumask", "0|1"},
    {"tracing-options", by_write, "setting", "/sys/kernel/tracing/options/overwrite", "0|1"},
    {"current-tracer", by_write, "setting", "/sys/kernel/tracing/current_tracer", "function|nop"},
    {"event-enable", by_write, "setting", "/sys/kernel/tracing/events/sched/sched_process_exec/enable", "1|0"},
    {"kprobes-enabled", by_write, "setting", "/sys/kernel/debug/kprobes/enabled", "0|1"},
    {},
};
