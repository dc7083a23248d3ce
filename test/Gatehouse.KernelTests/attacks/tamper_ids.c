/* SPDX-License-Identifier: Apache-2.0 */
/* Ways to maps, programs and links by their numbers: whoever knows one needs no pin. */
#include "tamper_bpf.h"

enum { LARGEST_VALUE = 65536 };

static int map;
static struct bpf_map_info shape;
static unsigned char key[512], before[LARGEST_VALUE], changed[LARGEST_VALUE], seen[LARGEST_VALUE];

/* The target map, its first key and what that has. */
static void find_map(void)
{
	__u32 length = sizeof(shape);

	if (!tamper_map_id)
		tamper_unsupported("no map is given");
	map = tamper_map();
	tamper_try("BPF_OBJ_GET_INFO_BY_FD", bpf_obj_get_info_by_fd(map, &shape, &length));
	if (shape.key_size > sizeof(key) || shape.value_size > LARGEST_VALUE || !shape.key_size)
		tamper_unsupported("a map without keys, or too large");
	tamper_try("BPF_MAP_GET_NEXT_KEY", bpf_map_get_next_key(map, NULL, key));
	tamper_try("BPF_MAP_LOOKUP_ELEM", bpf_map_lookup_elem(map, key, before));
	memcpy(changed, before, sizeof(changed));
	changed[0] ^= 1;
}

static int value_is(const unsigned char *value)
{
	return !bpf_map_lookup_elem(map, key, seen) && !memcmp(seen, value, shape.value_size);
}

static _Noreturn void value_changed(void)
{
	tamper_see(value_is(changed), "the value is as it was");
	tamper_undo();
	tamper_need("BPF_MAP_UPDATE_ELEM", bpf_map_update_elem(map, key, before, 0));
	tamper_worked();
}

static void by_map_id(void)
{
	if (!tamper_map_id)
		tamper_unsupported("no map is given");
	tamper_see(tamper_id_of_map(tamper_map()) == tamper_map_id, "it is another map");
	tamper_worked();
}

static void by_update(void)
{
	find_map();
	tamper_try("BPF_MAP_UPDATE_ELEM", bpf_map_update_elem(map, key, changed, 0));
	value_changed();
}

static void by_batch_update(void)
{
	__u32 count = 1;

	find_map();
	tamper_try("BPF_MAP_UPDATE_BATCH", bpf_map_update_batch(map, key, changed, &count, NULL));
	value_changed();
}

static void need_hash(void)
{
	find_map();
	if (shape.type != BPF_MAP_TYPE_HASH && shape.type != BPF_MAP_TYPE_LRU_HASH)
		tamper_unsupported("nothing can be deleted from such a map");
}

static _Noreturn void deleted(void)
{
	tamper_see(bpf_map_lookup_elem(map, key, seen) < 0, "the entry is there");
	tamper_undo();
	tamper_need("BPF_MAP_UPDATE_ELEM", bpf_map_update_elem(map, key, before, 0));
	tamper_worked();
}

static void by_delete(void)
{
	need_hash();
	tamper_try("BPF_MAP_DELETE_ELEM", bpf_map_delete_elem(map, key));
	deleted();
}

static void by_lookup_delete(void)
{
	need_hash();
	tamper_try("BPF_MAP_LOOKUP_AND_DELETE_ELEM", bpf_map_lookup_and_delete_elem(map, key, seen));
	deleted();
}

static void by_batch_delete(void)
{
	__u32 count = 1;

	need_hash();
	tamper_try("BPF_MAP_DELETE_BATCH", bpf_map_delete_batch(map, key, &count, NULL));
	deleted();
}

/* Nothing thaws a map, so a target of the program's own is another one. */
static void by_freeze(void)
{
	if (tamper_are_own)
		tamper_map_id = tamper_id_of_map(tamper_need("a map", tamper_make_map(BPF_MAP_TYPE_HASH, 0)));
	find_map();
	tamper_try("BPF_MAP_FREEZE", bpf_map_freeze(map));
	tamper_see(bpf_map_update_elem(map, key, before, 0) == -EPERM, "the map can be written to");
	if (!tamper_are_own) {
		tamper_undo();
		errno = 0;
		tamper_broken("a frozen map");
	}
	tamper_worked();
}

/* Memory that is shared with the programs: global variables are such maps. */
static unsigned char *map_memory(void)
{
	unsigned char *memory;

	/* Nothing else would hold one that is made here, and its descriptor stays open. */
	if (tamper_are_own)
		tamper_map_id =
		    tamper_id_of_map(tamper_need("a map", tamper_make_map(BPF_MAP_TYPE_ARRAY, BPF_F_MMAPABLE)));
	find_map();
	if (!(shape.map_flags & BPF_F_MMAPABLE))
		tamper_unsupported("the map cannot be mapped");
	memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, map, 0);
	if (memory == MAP_FAILED)
		tamper_failed("mmap");
	return memory;
}

static void by_map_memory(void)
{
	*map_memory() ^= 1;
	value_changed();
}

/* No call of the kernel's is needed any more. */
static void by_old_memory(void)
{
	unsigned char *memory = map_memory();

	tamper_wait();
	*memory ^= 1;
	tamper_see(value_is(changed), "the value is as it was");
	tamper_undo();
	*memory ^= 1;
	tamper_worked();
}

/* Into a map of the attacker's own, where its programs find it. */
static void by_map_in_map(void)
{
	LIBBPF_OPTS(bpf_map_create_opts, options);
	__u32 index = 0, id = 0;
	int outer;

	find_map();
	options.inner_map_fd = map;
	outer = tamper_try("BPF_MAP_CREATE", bpf_map_create(BPF_MAP_TYPE_ARRAY_OF_MAPS, "outer", 4, 4, 1, &options));
	tamper_try("BPF_MAP_UPDATE_ELEM", bpf_map_update_elem(outer, &index, &map, 0));
	tamper_need("BPF_MAP_LOOKUP_ELEM", bpf_map_lookup_elem(outer, &index, &id));
	tamper_see(id == tamper_map_id, "it is another map");
	tamper_worked();
}

/* A program of the attacker's writes, and the kernel is its caller: key and value are as small as the target's own. */
static void by_program(void)
{
	LIBBPF_OPTS(bpf_prog_load_opts, options, .prog_flags = BPF_F_SLEEPABLE);
	LIBBPF_OPTS(bpf_test_run_opts, run);
	int fd;

	find_map();
	if (shape.key_size != 4 || shape.value_size > 8 || shape.value_size % 4)
		tamper_unsupported("a program for such keys or values");
	const struct bpf_insn instructions[] = {
	    /* stack[-8] = value; stack[-16] = key */
	    {.code = BPF_ST | BPF_MEM | BPF_W, .dst_reg = 10, .off = -8, .imm = *(int *)changed},
	    {.code = BPF_ST | BPF_MEM | BPF_W, .dst_reg = 10, .off = -4, .imm = *(int *)(changed + 4)},
	    {.code = BPF_ST | BPF_MEM | BPF_W, .dst_reg = 10, .off = -16, .imm = *(int *)key},
	    /* update(map, &key, &value, 0) */
	    {.code = BPF_LD | BPF_DW | BPF_IMM, .dst_reg = 1, .src_reg = BPF_PSEUDO_MAP_FD, .imm = map},
	    {0},
	    {.code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 2, .src_reg = 10},
	    {.code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = 2, .imm = -16},
	    {.code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 3, .src_reg = 10},
	    {.code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = 3, .imm = -8},
	    {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 4, .imm = 0},
	    {.code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_map_update_elem},
	    {.code = BPF_JMP | BPF_EXIT},
	};
	fd = tamper_try("BPF_PROG_LOAD", bpf_prog_load(BPF_PROG_TYPE_SYSCALL, "writer", "GPL", instructions,
						       sizeof(instructions) / sizeof(instructions[0]), &options));
	tamper_try("BPF_PROG_TEST_RUN", bpf_prog_test_run_opts(fd, &run));
	value_changed();
}

/* Bound to a program of the attacker's, the map lives as long as that. */
static void by_bind(void)
{
	struct bpf_prog_info information = {0};
	__u32 length = sizeof(information), id = 0;
	int prog;

	find_map();
	prog = tamper_need("a program", tamper_make_prog());
	tamper_try("BPF_PROG_BIND_MAP", bpf_prog_bind_map(prog, map, NULL));
	information.nr_map_ids = 1;
	information.map_ids = (uintptr_t)&id;
	tamper_need("BPF_OBJ_GET_INFO_BY_FD", bpf_obj_get_info_by_fd(prog, &information, &length));
	tamper_see(id == tamper_map_id, "the program has no such map");
	tamper_worked();
}

static _Noreturn void pinned(int fd, const char *name)
{
	char *path = tamper_own_pins(name);

	tamper_try("BPF_OBJ_PIN", bpf_obj_pin(fd, path));
	tamper_see(tamper_exists(path), "there is no pin");
	tamper_undo();
	tamper_need("unlink", unlink(path));
	tamper_worked();
}

static void by_pin_map(void)
{
	find_map();
	pinned(map, "map");
}

static void need_prog(void)
{
	if (!tamper_prog_id)
		tamper_unsupported("no program is given");
}

static void need_link(void)
{
	if (!tamper_link_id)
		tamper_unsupported("no link is given");
}

static void by_prog_id(void)
{
	need_prog();
	tamper_see(tamper_id_of_prog(tamper_prog()) == tamper_prog_id, "it is another program");
	tamper_worked();
}

static void by_pin_prog(void)
{
	need_prog();
	pinned(tamper_prog(), "prog");
}

/* With the attacker's facts. */
static void by_run(void)
{
	unsigned char packet[64] = {0};
	LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = packet, .data_size_in = sizeof(packet));

	need_prog();
	tamper_try("BPF_PROG_TEST_RUN", bpf_prog_test_run_opts(tamper_prog(), &run));
	tamper_see(run.retval == 1, "it did not run");
	tamper_worked();
}

/* The target's program at a place of the attacker's choice. */
static void by_attach(void)
{
	__u32 attached = 0;
	int link;

	need_prog();
	link = tamper_try("BPF_LINK_CREATE", tamper_make_link(tamper_prog()));
	tamper_see(tamper_id_of_link(link, &attached) && attached == tamper_prog_id, "there is no link");
	tamper_worked();
}

/* Where programs of the attacker's go on with it. */
static void by_prog_array(void)
{
	int array = tamper_need("a map", bpf_map_create(BPF_MAP_TYPE_PROG_ARRAY, "programs", 4, 4, 1, NULL)), prog;
	__u32 index = 0, id = 0;

	need_prog();
	prog = tamper_prog();
	if (bpf_map_update_elem(array, &index, &prog, 0)) {
		if (errno == EINVAL)
			tamper_unsupported("no array takes such a program");
		tamper_failed("BPF_MAP_UPDATE_ELEM");
	}
	tamper_need("BPF_MAP_LOOKUP_ELEM", bpf_map_lookup_elem(array, &index, &id));
	tamper_see(id == tamper_prog_id, "it is another program");
	tamper_worked();
}

static void by_link_id(void)
{
	need_link();
	tamper_see(tamper_id_of_link(tamper_link(), NULL) == tamper_link_id, "it is another link");
	tamper_worked();
}

static void by_pin_link(void)
{
	need_link();
	pinned(tamper_link(), "link");
}

static __u64 cgroup_of(int link)
{
	struct bpf_link_info information = {0};
	__u32 length = sizeof(information);

	tamper_need("BPF_OBJ_GET_INFO_BY_FD", bpf_obj_get_info_by_fd(link, &information, &length));
	return information.cgroup.cgroup_id;
}

/* Nothing attaches a link again, so a target of the program's own is another one. */
static void by_detach(void)
{
	int link;

	need_link();
	if (tamper_are_own)
		tamper_link_id = tamper_id_of_link(tamper_need("a link", tamper_make_link(tamper_make_prog())), NULL);
	link = tamper_link();
	if (tamper_are_own && !cgroup_of(link))
		tamper_broken("the link is not attached");
	tamper_try("BPF_LINK_DETACH", bpf_link_detach(link));
	if (!tamper_are_own) {
		tamper_undo();
		errno = 0;
		tamper_broken("a detached link");
	}
	tamper_see(cgroup_of(link) == 0, "the link is attached");
	tamper_worked();
}

static void by_link_update(void)
{
	__u32 old_id = 0, now = 0;
	int link, old, other;

	need_link();
	link = tamper_link();
	tamper_id_of_link(link, &old_id);
	old = tamper_try("BPF_PROG_GET_FD_BY_ID", bpf_prog_get_fd_by_id(old_id));
	other = tamper_need("a program", tamper_make_prog());
	tamper_try("BPF_LINK_UPDATE", bpf_link_update(link, other, NULL));
	tamper_id_of_link(link, &now);
	tamper_see(now == tamper_id_of_prog(other), "the link has the same program");
	tamper_undo();
	tamper_need("BPF_LINK_UPDATE", bpf_link_update(link, old, NULL));
	tamper_worked();
}

static void by_old_map(void)
{
	find_map();
	tamper_wait();
	tamper_try("BPF_MAP_UPDATE_ELEM", bpf_map_update_elem(map, key, changed, 0));
	value_changed();
}

const struct tamper_way tamper_object_ways[] = {
    {"map-by-id", by_map_id, "object"},
    {"map-update", by_update, "object"},
    {"map-update-batch", by_batch_update, "object"},
    {"map-delete", by_delete, "object"},
    {"map-lookup-delete", by_lookup_delete, "object"},
    {"map-delete-batch", by_batch_delete, "object"},
    {"map-freeze", by_freeze, "object"},
    {"map-mmap", by_map_memory, "object"},
    {"map-in-map", by_map_in_map, "object"},
    {"map-by-program", by_program, "object"},
    {"map-bind", by_bind, "object"},
    {"map-pin", by_pin_map, "object"},
    {"prog-by-id", by_prog_id, "object"},
    {"prog-pin", by_pin_prog, "object"},
    {"prog-test-run", by_run, "object"},
    {"prog-attach", by_attach, "object"},
    {"prog-in-array", by_prog_array, "object"},
    {"link-by-id", by_link_id, "object"},
    {"link-pin", by_pin_link, "object"},
    {"link-detach", by_detach, "object"},
    {"link-update", by_link_update, "object"},
    {"old-map-mapping", by_old_memory, "object"},
    {"old-map", by_old_map, "object"},
    {},
};
