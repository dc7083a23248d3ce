/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the parts of `tamper` share: see tamper.c.
 *
 * A way is a process of its own. It changes its target, looks whether the change is there for everybody, takes it back and
 * ends by tamper_worked(); or it ends by one of the other functions below, as soon as a call fails.
 */
#ifndef GATEHOUSE_TAMPER_H
#define GATEHOUSE_TAMPER_H

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * What takes a file's last name away leaves another inode with the same content and attributes: unlink, unlinkat,
 * rename-over, fs-verity.
 */

/* The content of FOLDER/file, with which FOLDER/large starts, and what a way puts there: as long. */
#define TAMPER_TEXT   "protected\n"
#define TAMPER_OTHER  "tampered!\n"
#define TAMPER_LENGTH 10

/* An attribute of FOLDER/file that --prepare sets, for ways to remove. */
#define TAMPER_XATTR "user.kept"

struct tamper_way {
	const char *name;
	void (*attempt)(void);
	/*
	 * What is attacked: "file", "name", "attribute", "mount", "device", "setting", "clock", "object". Or "harmless": only
	 * the attacker sees it. A way whose name starts with "old-" has something from before and waits if told to.
	 */
	const char *kind;
	/* For settings that are files: which, and values of which one is not there already, with bars between. */
	const char *path, *values;
};

/* The way that is tried. */
extern const struct tamper_way *tamper_now;

extern const struct tamper_way tamper_file_ways[], tamper_path_ways[], tamper_old_ways[], tamper_name_ways[],
    tamper_attribute_ways[], tamper_mount_ways[], tamper_device_ways[], tamper_setting_ways[], tamper_trace_ways[],
    tamper_clock_ways[], tamper_uring_ways[], tamper_object_ways[], tamper_program_ways[], tamper_strike_ways[],
    tamper_pin_ways[], tamper_block_ways[], tamper_loop_ways[], tamper_unmount_ways[], tamper_route_ways[];

/* FOLDER and the one that it is in: absolute, without symbolic links. */
extern char tamper_folder[PATH_MAX], tamper_parent[PATH_MAX];

/* Paths for the life of the way: FOLDER/NAME, and FILE itself. */
char *tamper_in(const char *name);
char *tamper_file(void);

/* Beside FOLDER, so on the same file system: a fresh folder for the attacker's own, gone when the way has ended. */
char *tamper_own(const char *name);

/* The same beside the folder that FOLDER is in. A way has one of the two. */
char *tamper_own_above(const char *name);

/* A file of the attacker's own there. */
char *tamper_own_file(const char *name, const char *text);

/* The change was seen and has been taken back. */
_Noreturn void tamper_worked(void);

/* After a failed call: refused by EPERM or EACCES, unsupported by ENOSYS or EOPNOTSUPP, else broken. */
_Noreturn void tamper_failed(const char *call);

_Noreturn void tamper_unsupported(const char *what);
_Noreturn void tamper_broken(const char *what);

/* The result of a call that may be refused, and of preparation that must not be. */
long tamper_try(const char *call, long result);
long tamper_need(const char *call, long result);

/* What must be so after the change, or there was none. */
void tamper_see(int seen, const char *what);

/* Whether what the state does not show is as it was; asked before the way says that it was refused. */
void tamper_watch(int (*is_same)(void));

/* What is to be done whichever way the way ends, unless it is killed. */
void tamper_clean_up(void (*function)(void));

/* From here on the way takes its change back: what fails now is no answer. */
void tamper_undo(void);

/* Whose the events are, if it is not the process of the way. */
void tamper_acts(pid_t pid);

/* For ways that open before they act, if told to: says "opened" and waits for a line. */
void tamper_wait(void);

/* As part of the way, in a child: for what a process cannot take back. An answer of the child's ends the way. */
void tamper_inside(void (*act)(const void *argument), const void *argument);

/* Starts one, and waits for it. */
pid_t tamper_start(void (*act)(const void *argument), const void *argument);
void tamper_join(pid_t child);

/* Whether the file is there and holds exactly the text; whether there is something by that name. */
int tamper_holds(const char *path, const char *text);
int tamper_exists(const char *path);

/* The file's content, ended by zero, without the line's end: at most size - 1 bytes. -1 if it cannot be read. */
int tamper_read(const char *path, char *text, size_t size);

/* Writes by one call. Returns what the call does. */
ssize_t tamper_write(const char *path, const char *text);

/* Writes one of the values to the setting by the function, sees another than before, and writes that again. */
_Noreturn void tamper_set(const char *path, const char *values, void (*write)(const char *path, const char *value));

/* Remembers what a setting is, and watches it. Ends the way if there is none. */
void tamper_watch_setting(const char *path);

/* By open(2) and write(2). */
void tamper_write_setting(const char *path, const char *value);

/* Writes TAMPER_OTHER into FILE by the function, sees it, and writes TAMPER_TEXT by it again. */
_Noreturn void tamper_rewrite(void (*write)(const char *text));

/* FILE has its text again, whatever it was. Part of taking back. */
void tamper_restore(void);

/*
 * The descriptor that waits in the socket. The kernel gives no errno if the receiver may not have it: it cuts the message
 * short, which counts as EACCES of "recvmsg-truncated".
 */
int tamper_receive(int socket);

/* A line for everything in FOLDER, and for the mounts above and below it. The caller frees it. */
char *tamper_state(void);

/* Makes FOLDER with what the ways expect in it. */
int tamper_prepare(const char *folder);

/* The mount that FOLDER is on, from /proc/self/mountinfo. Ends the way if there is none. */
struct tamper_mount {
	char point[PATH_MAX], type[64];
	int is_shared;
};

void tamper_find_mount(const char *path, struct tamper_mount *mount);

#endif
