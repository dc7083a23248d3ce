/* SPDX-License-Identifier: Apache-2.0 */
/* What the ways of tampering start from, and what they must leave: the folder, its files and the mounts over them. */
#include "tamper_main.h"
#include <dirent.h>
#include <linux/fs.h>
#include <sys/mount.h>
#include <sys/xattr.h>

char *tamper_in(const char *name)
{
	char *path;

	tamper_need("asprintf", asprintf(&path, "%s/%s", tamper_folder, name));
	return path;
}

char *tamper_file(void)
{
	return tamper_in("file");
}

char *tamper_own_file(const char *name, const char *text)
{
	char *path = tamper_own(name);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

	if (fd < 0 || write(fd, text, strlen(text)) < 0 || close(fd))
		tamper_broken("a file of the attacker's own");
	return path;
}

int tamper_exists(const char *path)
{
	struct stat status;

	return !lstat(path, &status);
}

int tamper_read(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t length = fd < 0 ? -1 : read(fd, text, size - 1);

	if (fd >= 0)
		close(fd);
	if (length < 0)
		return -1;
	text[length] = 0;
	if (length && text[length - 1] == '\n')
		text[length - 1] = 0;
	return 0;
}

int tamper_holds(const char *path, const char *text)
{
	char content[256];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? -1 : read(fd, content, sizeof(content));

	if (fd >= 0)
		close(fd);
	return length == (ssize_t)strlen(text) && !memcmp(content, text, length);
}

ssize_t tamper_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? -1 : write(fd, text, strlen(text));
	int error = errno;

	/* Some files say what is wrong only now. */
	if (fd >= 0 && close(fd) && length >= 0)
		return -1;
	errno = error;
	return length;
}

void tamper_restore(void)
{
	int fd;

	tamper_undo();
	fd = tamper_need("open", open(tamper_file(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
	if (write(fd, TAMPER_TEXT, TAMPER_LENGTH) != TAMPER_LENGTH)
		tamper_broken("write");
	close(fd);
}

void tamper_rewrite(void (*write)(const char *text))
{
	write(TAMPER_OTHER);
	tamper_see(tamper_holds(tamper_file(), TAMPER_OTHER), "the file does not show it");
	tamper_undo();
	write(TAMPER_TEXT);
	tamper_see(tamper_holds(tamper_file(), TAMPER_TEXT), "the file");
	tamper_worked();
}

static void describe_xattrs(FILE *out, const char *path)
{
	char names[1024], value[256];
	ssize_t length = llistxattr(path, names, sizeof(names));

	for (char *name = names; length > 0 && name < names + length; name += strlen(name) + 1) {
		ssize_t size = lgetxattr(path, name, value, sizeof(value));

		fprintf(out, " %s=%.*s", name, (int)(size < 0 ? 0 : size), value);
	}
}

/* The flags that chattr(1) sets: neither how the file is stored nor what the kernel sets itself. */
static int flags_of(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW), flags = 0;

	if (fd < 0)
		return 0;
	if (ioctl(fd, FS_IOC_GETFLAGS, &flags))
		flags = 0;
	close(fd);
	return flags & (FS_IMMUTABLE_FL | FS_APPEND_FL | FS_NODUMP_FL | FS_NOATIME_FL | FS_SYNC_FL | FS_VERITY_FL);
}

static void describe(FILE *out, const char *path, int deep)
{
	struct dirent **entries;
	struct stat status;
	char text[PATH_MAX] = "";
	int count;

	if (lstat(path, &status)) {
		fprintf(out, "%s: %s\n", path, strerrorname_np(errno));
		return;
	}
	if (S_ISLNK(status.st_mode) && readlink(path, text, sizeof(text) - 1) < 0)
		strcpy(text, "?");
	if (S_ISREG(status.st_mode) && deep)
		tamper_read(path, text, 64);
	fprintf(out, "%s %o %d:%d %d", path, status.st_mode, status.st_uid, status.st_gid, flags_of(path));
	if (!S_ISDIR(status.st_mode))
		fprintf(out, " %ld %ld '%s'", (long)status.st_nlink, (long)status.st_size, text);
	describe_xattrs(out, path);
	fputc('\n', out);
	if (!S_ISDIR(status.st_mode))
		return;
	count = scandir(path, &entries, NULL, alphasort);
	for (int i = 0; i < count; i++) {
		char *child;

		if (strcmp(entries[i]->d_name, ".") && strcmp(entries[i]->d_name, "..") &&
		    asprintf(&child, "%s/%s", path, entries[i]->d_name) > 0) {
			if (deep)
				describe(out, child, 1);
			else
				fprintf(out, "%s\n", child);
			free(child);
		}
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
}

static int is_above(const char *path, const char *below)
{
	size_t length = strlen(path);

	return !strncmp(path, below, length) && (!below[length] || below[length] == '/' || length == 1);
}

/* Numbers of mounts change when they are taken away and put back; what is seen of them must not. */
static void describe_mounts(FILE *out)
{
	FILE *mounts = fopen("/proc/self/mountinfo", "re");
	char *line = NULL, root[PATH_MAX], point[PATH_MAX], options[1024];
	struct tamper_mount own;
	size_t size = 0;

	tamper_find_mount(tamper_folder, &own);
	while (mounts && getline(&line, &size, mounts) > 0) {
		if (sscanf(line, "%*d %*d %*s %4095s %4095s %1023s", root, point, options) == 3 &&
		    (is_above(point, tamper_folder) ||
		     is_above(strcmp(own.point, "/") ? own.point : tamper_parent, point)))
			fprintf(out, "mount %s %s %s%s\n", root, point, options,
				strstr(line, " shared:") ? " shared" : "");
	}
	free(line);
	if (mounts)
		fclose(mounts);
}

char *tamper_state(void)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (!out) {
		perror("open_memstream");
		exit(2);
	}
	if (tamper_folder[0]) {
		describe(out, tamper_parent, 0);
		describe(out, tamper_folder, 1);
		describe_mounts(out);
	}
	tamper_describe(out);
	fclose(out);
	return text;
}

void tamper_unmount_below(const char *folder)
{
	FILE *mounts = fopen("/proc/self/mountinfo", "re");
	char *line = NULL, point[PATH_MAX];
	size_t size = 0;

	while (mounts && getline(&line, &size, mounts) > 0) {
		if (sscanf(line, "%*d %*d %*s %*s %4095s", point) == 1 && is_above(folder, point))
			umount2(point, MNT_DETACH);
	}
	free(line);
	if (mounts)
		fclose(mounts);
}

void tamper_find_mount(const char *path, struct tamper_mount *found)
{
	FILE *mounts = fopen("/proc/self/mountinfo", "re");
	char *line = NULL, point[PATH_MAX];
	size_t size = 0;

	found->point[0] = 0;
	while (mounts && getline(&line, &size, mounts) > 0) {
		char *type = strstr(line, " - ");

		if (!type || sscanf(line, "%*d %*d %*s %*s %4095s", point) != 1)
			continue;
		/* A later line of the same length covers an earlier one. */
		if (!is_above(point, path) || strlen(point) < strlen(found->point))
			continue;
		strcpy(found->point, point);
		sscanf(type, " - %63s", found->type);
		found->is_shared = strstr(line, " shared:") != NULL;
	}
	free(line);
	if (mounts)
		fclose(mounts);
	if (!found->point[0])
		tamper_broken("no mount");
}

static int make(const char *folder, const char *name, const char *text)
{
	char path[PATH_MAX];
	int fd, failed;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		return -1;
	failed = write(fd, text, strlen(text)) < 0;
	/* Not every file system has such attributes. */
	if (!strcmp(name, "file"))
		fsetxattr(fd, TAMPER_XATTR, "kept", 4, 0);
	return close(fd) || failed ? -1 : 0;
}

int tamper_prepare(const char *folder)
{
	if ((mkdir(folder, 0755) && errno != EEXIST) || chdir(folder) || mkdir("sub", 0755) || mkdir("empty", 0755) ||
	    symlink("file", "link") || make(".", "file", TAMPER_TEXT) || make(".", "sub/deep", "deep\n") ||
	    make(".", "large", TAMPER_TEXT) || truncate("large", 65536)) {
		perror(folder);
		return 2;
	}
	sync();
	return 0;
}
