/* SPDX-License-Identifier: Apache-2.0 */
/*
 * image_bpf ANY [TYPE...]: loads a BPF program of two instructions of each type, and lets go of it (image.h). `classic` is a
 * socket's filter of the old kind, which no bpf(2) loads; `by-program` a program that another BPF program loads.
 */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <linux/filter.h>
#include <sys/socket.h>
#include "image.h"

/* r0 = 0; exit */
static const struct bpf_insn instructions[] = {
    {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = 0},
    {.code = BPF_JMP | BPF_EXIT},
};

static int load_with(enum bpf_prog_type type, struct bpf_prog_load_opts *options)
{
	return bpf_prog_load(type, "gatehouse_test", "GPL", instructions, 2, options);
}

static void finish(int fd)
{
	errno = fd < 0 ? -fd : 0;
	if (fd < 0)
		attack_failed("BPF_PROG_LOAD");
	exit(ATTACK_WORKED);
}

static void load_plain(enum bpf_prog_type type)
{
	LIBBPF_OPTS(bpf_prog_load_opts, options);
	finish(load_with(type, &options));
}

/* A program that is checked against a function of the kernel. */
static void load_attached(enum bpf_prog_type type, enum bpf_attach_type attach, const char *function)
{
	LIBBPF_OPTS(bpf_prog_load_opts, options, .expected_attach_type = attach);
	int id = libbpf_find_vmlinux_btf_id(function, attach);

	errno = -id;
	answer_need(function, id);
	options.attach_btf_id = id;
	finish(load_with(type, &options));
}

static void by_socket_filter(const char *path)
{
	(void)path, load_plain(BPF_PROG_TYPE_SOCKET_FILTER);
}

static void by_kprobe(const char *path)
{
	(void)path, load_plain(BPF_PROG_TYPE_KPROBE);
}

static void by_tracepoint(const char *path)
{
	(void)path, load_plain(BPF_PROG_TYPE_TRACEPOINT);
}

static void by_raw_tracepoint(const char *path)
{
	(void)path, load_plain(BPF_PROG_TYPE_RAW_TRACEPOINT);
}

static void by_perf_event(const char *path)
{
	(void)path, load_plain(BPF_PROG_TYPE_PERF_EVENT);
}

static void by_xdp(const char *path)
{
	(void)path, load_plain(BPF_PROG_TYPE_XDP);
}

static void by_sched_cls(const char *path)
{
	(void)path, load_plain(BPF_PROG_TYPE_SCHED_CLS);
}

static void by_cgroup_skb(const char *path)
{
	(void)path, load_plain(BPF_PROG_TYPE_CGROUP_SKB);
}

static void by_tracing(const char *path)
{
	(void)path, load_attached(BPF_PROG_TYPE_TRACING, BPF_TRACE_FENTRY, "vfs_read");
}

static void by_lsm(const char *path)
{
	(void)path, load_attached(BPF_PROG_TYPE_LSM, BPF_LSM_MAC, "file_open");
}

static void by_syscall(const char *path)
{
	LIBBPF_OPTS(bpf_prog_load_opts, options, .prog_flags = BPF_F_SLEEPABLE);

	(void)path;
	finish(load_with(BPF_PROG_TYPE_SYSCALL, &options));
}

static void by_classic(const char *path)
{
	struct sock_filter code[] = {BPF_STMT(BPF_RET | BPF_K, 0)};
	struct sock_fprog program = {.len = 1, .filter = code};
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	(void)path;
	answer_need("socket", fd);
	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)))
		attack_failed("SO_ATTACH_FILTER");
}

/* From BTF that declares one global function `int example(void *)`, which an EXT program would replace. */
static int example_btf(void)
{
	struct btf *btf = btf__new_empty();
	int number = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	int structure = btf__add_struct(btf, "__sk_buff", 0);
	int pointer = btf__add_ptr(btf, structure);
	int prototype = btf__add_func_proto(btf, number);
	const void *raw;
	__u32 size;
	int fd;

	btf__add_func_param(btf, "context", pointer);
	btf__add_func(btf, "example", BTF_FUNC_GLOBAL, prototype);
	raw = btf__raw_data(btf, &size);
	fd = bpf_btf_load(raw, size, NULL);
	errno = -fd;
	answer_need("BPF_BTF_LOAD", fd);
	return fd;
}

/* Replaces a function of a program, which is loaded first and which this cannot do without. */
static void by_ext(const char *path)
{
	int btf = example_btf(), target;
	struct bpf_func_info information = {.insn_off = 0, .type_id = 5};
	LIBBPF_OPTS(bpf_prog_load_opts, options, .prog_btf_fd = btf, .func_info = &information, .func_info_cnt = 1,
		    .func_info_rec_size = sizeof(information));

	(void)path;
	target = load_with(BPF_PROG_TYPE_SCHED_CLS, &options);
	errno = -target;
	answer_need("load the program to be extended", target);
	options.attach_prog_fd = target;
	options.attach_btf_id = 5;
	finish(load_with(BPF_PROG_TYPE_EXT, &options));
}

static int silent(enum libbpf_print_level level, const char *format, va_list arguments)
{
	(void)level, (void)format, (void)arguments;
	return 0;
}

/* A program of type syscall loads one of type socket-filter from within the kernel, as light skeletons do. */
static void by_program(const char *path)
{
	struct bpf_object *object = bpf_object__open_file(path, NULL);
	struct bpf_program *program;
	LIBBPF_OPTS(bpf_test_run_opts, run);
	int error;

	answer_need(path, object ? bpf_object__load(object) : -1);
	program = bpf_object__find_program_by_name(object, "load");
	error = bpf_prog_test_run_opts(bpf_program__fd(program), &run);
	answer_need("BPF_PROG_TEST_RUN", error);
	/* What bpf_sys_bpf returned: a descriptor, or minus errno. */
	finish((int)run.retval);
}

static const struct image_way ways[] = {
    {"socket-filter", by_socket_filter},
    {"kprobe", by_kprobe},
    {"tracepoint", by_tracepoint},
    {"raw-tracepoint", by_raw_tracepoint},
    {"perf-event", by_perf_event},
    {"xdp", by_xdp},
    {"sched-cls", by_sched_cls},
    {"cgroup-skb", by_cgroup_skb},
    {"tracing", by_tracing},
    {"lsm", by_lsm},
    {"ext", by_ext},
    {"syscall", by_syscall},
    {"by-program", by_program},
    {"classic", by_classic},
};

int main(int argc, char **argv)
{
	if (argc < 2)
		attack_usage("image_bpf OBJECT [TYPE...]   (OBJECT: image_bpf.bpf.o, for by-program)");
	libbpf_set_print(silent);
	return image_ways(ways, sizeof(ways) / sizeof(*ways), argv[1], argv + 2);
}
