/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * BPF: the maps and programs of Gatehouse are nobody else's, and nobody loads what could blind or kill. All may deny.
 *
 * bpf_map, bpf_prog  whoever is given a descriptor, by number or by pin. Links have no such hook: those of LSM programs can be neither
 *                    detached nor changed, but that of shield/settings.c can.
 * bpf                detaching and changing of links, whose ever: which link it is cannot be seen. Loading of programs that see the
 *                    kernel's functions or their arguments: by type, because on 6.1 no hook sees what a program consists of. Types
 *                    that only see packets, control groups or sockets pass.
 */
#include <bpf/bpf_tracing.h>
#include <linux/bpf.h>
#include "guard.h"

struct bpf_map {
	__u32 id;
	char name[16];
} __attribute__((preserve_access_index));

struct bpf_prog_aux {
	__u32 id;
	char name[16];
} __attribute__((preserve_access_index));

struct bpf_prog {
	struct bpf_prog_aux *aux;
} __attribute__((preserve_access_index));

union bpf_attr___type {
	__u32 prog_type;
} __attribute__((preserve_access_index));

/* "gh_…" and "gs_…" are what we call ours, ".data.g…", "gatehous…" and "shield.…" what libbpf makes of that. Names do not change. */
static __always_inline int gs_is_ours(const void *place)
{
	char name[16] = {};

	if (bpf_probe_read_kernel(name, sizeof(name), place))
		return 1;
	if (name[0] == '.' && name[1] == 'd' && name[2] == 'a' && name[3] == 't' && name[4] == 'a' && name[5] == '.')
		return name[6] == 'g' && (name[7] == 'h' || name[7] == 's') && name[8] == '_';
	if (name[0] == 'g' && (name[1] == 'h' || name[1] == 's') && name[2] == '_')
		return 1;
	return (name[0] == 'g' && name[1] == 'a' && name[2] == 't' && name[3] == 'e' && name[4] == 'h' &&
		name[5] == 'o') ||
	       (name[0] == 's' && name[1] == 'h' && name[2] == 'i' && name[3] == 'e' && name[4] == 'l' &&
		name[5] == 'd');
}

SEC("lsm/bpf_map")
int BPF_PROG(gs_bpf_map, struct bpf_map *map, unsigned int mode)
{
	if (!gs_is_sealed() || !gs_is_ours(&map->name))
		return 0;
	return gs_refuse(GH_DEED_OBJECT, map->id);
}

SEC("lsm/bpf_prog")
int BPF_PROG(gs_bpf_prog, struct bpf_prog *prog)
{
	struct bpf_prog_aux *aux = BPF_CORE_READ(prog, aux);

	if (!gs_is_sealed() || !gs_is_ours(&aux->name))
		return 0;
	return gs_refuse(GH_DEED_OBJECT, BPF_CORE_READ(aux, id));
}

#define GS_NEWEST_TYPE 32 /* netfilter, 6.4 */
#define GS_TYPE(name)  (1ull << BPF_PROG_TYPE_##name)

/* They may send signals, write to memory, replace functions, or decide. */
#define GS_DANGEROUS                                                                                                   \
	(GS_TYPE(KPROBE) | GS_TYPE(TRACEPOINT) | GS_TYPE(PERF_EVENT) | GS_TYPE(RAW_TRACEPOINT) |                       \
	 GS_TYPE(RAW_TRACEPOINT_WRITABLE) | GS_TYPE(TRACING) | GS_TYPE(STRUCT_OPS) | GS_TYPE(EXT) | GS_TYPE(LSM) |     \
	 GS_TYPE(SYSCALL))

SEC("lsm/bpf")
int BPF_PROG(gs_bpf, int command, union bpf_attr___type *attributes, unsigned int size)
{
	__u32 type = 0;

	if (!gs_is_sealed())
		return 0;
	if (command == BPF_LINK_DETACH || command == BPF_LINK_UPDATE)
		return gs_refuse(GH_DEED_OBJECT, command);
	if (command != BPF_PROG_LOAD)
		return 0;
	bpf_core_read(&type, sizeof(type), &attributes->prog_type);
	/* A type that is newer than this list: closed. */
	if (type <= GS_NEWEST_TYPE && !(GS_DANGEROUS >> (type & 63) & 1))
		return 0;
	return gs_refuse(GH_DEED_PROGRAM, type);
}
