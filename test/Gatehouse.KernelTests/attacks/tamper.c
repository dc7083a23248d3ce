/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tamper --folder FOLDER [WAY...]: tries the ways that are named, or all, by which root changes files, names, attributes,
 * mounts, devices, settings and clocks. BPF objects are tamper_object's.
 * tamper --prepare FOLDER: makes FOLDER with what the ways expect in it.
 * tamper --list: the ways, one a line: name and kind (see tamper.h), with a tab between.
 * tamper --wait --folder FOLDER WAY: one way that opens first: prints "opened" and waits for a line on standard input
 * before it acts.
 *
 * Each way is a process of its own, and prints a line: `WAY PID ANSWER`, where ANSWER is one of
 *   granted              the change was there, and has been taken back
 *   refused CALL ERRNO   the call said that it may not be; everything is as it was
 *   killed SIGNAL        everything is as it was
 *   unsupported WHY      this kernel, file system or machine does not have it
 *   broken WHY           shows nothing about enforcement
 */
#include "tamper_main.h"

const struct tamper_way *const tamper_parts[] = {
    tamper_file_ways,	tamper_path_ways,      tamper_uring_ways, tamper_old_ways,
    tamper_name_ways,	tamper_attribute_ways, tamper_mount_ways, tamper_unmount_ways,
    tamper_device_ways, tamper_block_ways,     tamper_loop_ways,  tamper_setting_ways,
    tamper_route_ways,	tamper_trace_ways,     tamper_clock_ways, NULL};

const char tamper_usage[] = "tamper [--wait] --folder FOLDER [WAY...] | --prepare FOLDER | --list\n";

int tamper_option(const char *name, const char *value)
{
	(void)name;
	(void)value;
	return 0;
}

int tamper_begin(void)
{
	if (tamper_folder[0])
		return 0;
	fputs("usage: ", stderr);
	fputs(tamper_usage, stderr);
	return 2;
}

void tamper_finish(void)
{
}

void tamper_describe(FILE *out)
{
	(void)out;
}
