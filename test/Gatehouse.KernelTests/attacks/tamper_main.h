/* SPDX-License-Identifier: Apache-2.0 */
/* What a program says about itself that has ways of tampering: tamper.c, tamper_object.c. tamper_main.c runs them. */
#ifndef GATEHOUSE_TAMPER_MAIN_H
#define GATEHOUSE_TAMPER_MAIN_H

#include "tamper.h"

/* Ended by NULL. */
extern const struct tamper_way *const tamper_parts[];
extern const char tamper_usage[];

/* Takes an option of the program's own. Returns 0 if it has none of that name. */
int tamper_option(const char *name, const char *value);

/* Before the first way and after the last. Returns 0, or the program's exit status. */
int tamper_begin(void);
void tamper_finish(void);

/* What else a way must leave as it was: lines. */
void tamper_describe(FILE *out);

/* What the attacker has mounted in a folder of its own. */
void tamper_unmount_below(const char *folder);

#endif
