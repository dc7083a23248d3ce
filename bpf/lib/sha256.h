/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * SHA-256 (FIPS 180-4) of memory of the kernel: of what is no file, so that IMA does not hash it. Two thousand instructions for 64
 * bytes, without sleeping.
 */
#ifndef GH_LIB_SHA256_H
#define GH_LIB_SHA256_H

#include "scratch.h"
#include "unknown.h"

/* More than this is not hashed: 16 times the largest module of Debian, and a second of a processor. */
#define GH_SHA256_MAX_BYTES (64u << 20)

static const __u32 gh_sha256_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

struct gh_sha256_context {
	struct gh_scratch *scratch;
};

static __always_inline __u32 gh_turned(__u32 value, __u32 bits)
{
	return value >> bits | value << (32 - bits);
}

/* One block's round `round`; the eight words are turned by one place, so that all rounds are one piece of code. */
static __always_inline void gh_sha256_round(struct gh_sha256 *sha, __u32 round)
{
	__u32 *word = sha->word, *s = sha->working, t1, t2, w;

	if (round >= 16) {
		__u32 a = word[(round + 1) & 15], b = word[(round + 14) & 15];

		a = gh_turned(a, 7) ^ gh_turned(a, 18) ^ a >> 3;
		b = gh_turned(b, 17) ^ gh_turned(b, 19) ^ b >> 10;
		word[round & 15] += a + b + word[(round + 9) & 15];
	}
	w = word[round & 15];
	t1 = s[7] + (gh_turned(s[4], 6) ^ gh_turned(s[4], 11) ^ gh_turned(s[4], 25)) +
	     ((s[4] & s[5]) ^ (~s[4] & s[6])) + gh_sha256_constants[round & 63] + w;
	t2 = (gh_turned(s[0], 2) ^ gh_turned(s[0], 13) ^ gh_turned(s[0], 22)) +
	     ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
	s[7] = s[6];
	s[6] = s[5];
	s[5] = s[4];
	s[4] = s[3] + t1;
	s[3] = s[2];
	s[2] = s[1];
	s[1] = s[0];
	s[0] = t1 + t2;
}

/* The block with the end of the memory, and what the algorithm puts behind it; `left` bytes are the memory's. */
static __always_inline int gh_sha256_tail(struct gh_sha256 *sha, __u64 offset, __u64 left)
{
	__u64 bits = sha->size * 8;

	__builtin_memset(sha->block, 0, sizeof(sha->block));
	left &= 63;
	if (left && bpf_probe_read_kernel(sha->block, left, (void *)(sha->address + offset)))
		return -1;
	if (offset <= sha->size)
		sha->block[left] = 0x80;
	if (offset + 64 >= sha->size + 9) {
		for (int i = 0; i < 8; i++)
			sha->block[56 + i] = bits >> (56 - i * 8);
	}
	return 0;
}

static long gh_sha256_block(__u32 index, struct gh_sha256_context *context)
{
	struct gh_sha256 *sha = &context->scratch->sha256;
	__u64 offset = sha->offset, left = offset < sha->size ? sha->size - offset : 0;

	if (left >= 64 ? bpf_probe_read_kernel(sha->block, 64, (void *)(sha->address + offset))
		       : gh_sha256_tail(sha, offset, left)) {
		sha->failed = 1;
		return 1;
	}
	for (int i = 0; i < 16; i++)
		sha->word[i] = (__u32)sha->block[i * 4] << 24 | sha->block[i * 4 + 1] << 16 |
			       sha->block[i * 4 + 2] << 8 | sha->block[i * 4 + 3];
	for (int i = 0; i < 8; i++)
		sha->working[i] = sha->state[i];
#pragma clang loop unroll(disable)
	for (__u32 round = 0; round < 64; round++)
		gh_sha256_round(sha, round);
	for (int i = 0; i < 8; i++)
		sha->state[i] += sha->working[i];
	sha->offset = offset + 64;
	return 0;
}

/* The hash of `size` bytes at `address` into scratch->event.image. Returns 0 if it is known then. */
static __noinline int gh_sha256_of(struct gh_scratch *scratch, __u64 address, __u64 size)
{
	struct gh_sha256_context context = {scratch};
	struct gh_sha256 *sha = &scratch->sha256;
	struct gh_image *image = &scratch->event.image;

	if (size > GH_SHA256_MAX_BYTES)
		return -1;
	sha->state[0] = 0x6a09e667;
	sha->state[1] = 0xbb67ae85;
	sha->state[2] = 0x3c6ef372;
	sha->state[3] = 0xa54ff53a;
	sha->state[4] = 0x510e527f;
	sha->state[5] = 0x9b05688c;
	sha->state[6] = 0x1f83d9ab;
	sha->state[7] = 0x5be0cd19;
	sha->address = address;
	sha->size = size;
	sha->offset = 0;
	sha->failed = 0;
	bpf_loop((size + 8) / 64 + 1, gh_sha256_block, &context, 0);
	if (sha->failed)
		return -1;
	for (int i = 0; i < 8; i++) {
		image->sha256[i * 4] = sha->state[i] >> 24;
		image->sha256[i * 4 + 1] = sha->state[i] >> 16;
		image->sha256[i * 4 + 2] = sha->state[i] >> 8;
		image->sha256[i * 4 + 3] = sha->state[i];
	}
	return 0;
}

#endif
