/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of `tamper_object` share: see tamper_object.c. */
#ifndef GATEHOUSE_TAMPER_BPF_H
#define GATEHOUSE_TAMPER_BPF_H

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include "tamper.h"

/* The targets: passed by option, or the program's own. Identities of 0: none. */
extern __u32 tamper_map_id, tamper_prog_id, tamper_link_id;

/* The folder of pins, the first pin in it, and a descriptor of what is pinned there; -1 if the kernel gave none. */
extern char tamper_pins[PATH_MAX], tamper_pin[PATH_MAX];
extern int tamper_pin_fd;

/* The targets are the program's own, so that ways may make fresh ones for what cannot be taken back. */
extern int tamper_are_own;

/* Objects like those that are attacked. Links are on a cgroup that the program removes when it ends. */
int tamper_make_map(enum bpf_map_type type, __u32 flags);
int tamper_make_prog(void);
int tamper_make_link(int prog);

__u32 tamper_id_of_map(int fd);
__u32 tamper_id_of_prog(int fd);
__u32 tamper_id_of_link(int fd, __u32 *prog_id);

/* The target by its identity. */
int tamper_map(void);
int tamper_prog(void);
int tamper_link(void);

/* A bpffs of the attacker's own, in its own folder. */
char *tamper_own_pins(const char *name);

/*
 * The program of the name in tamper_object.bpf.o, loaded. `who` and `address` are what it may do something to; a `function`
 * that it is for is one of the program `target`.
 */
struct bpf_program *tamper_load(const char *name, pid_t who, const volatile void *address, int target,
				const char *function);

/* Ends the way if there is no link. */
struct bpf_link *tamper_attached(struct bpf_link *link);

/* How the child ended, as waitpid(2) says; -1 if it has not for a while. */
int tamper_exit_of(pid_t child);

#endif
