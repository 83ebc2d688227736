/* The process environment, as every $_SERVER of a role gets it; that of a request. */
#ifndef IGOR_ENVIRONMENT_H
#define IGOR_ENVIRONMENT_H

#include "igor.h"

/* At the start of a role: the host may have changed the environment for it. */
void igor_environment_forget(void);

/*
 * Names and values are interned: merging them counts no references. Only inside a request, and first before any user
 * code runs, so that no putenv() of a script becomes everyone's.
 */
HashTable *igor_environment(void);

/* The same for $_SERVER of a request: what is a worker's own is as the scope has it, or not there. */
HashTable *igor_request_environment(void);

/*
 * Adds to the environment of the process what the request has beside it, or otherwise: variables of its own, and those of the
 * scope that its worker has otherwise. What the script has set by putenv() stays. Nothing happens outside of requests.
 */
void igor_environment_add_request(HashTable *table);

/* What an earlier script has set is no longer set. */
void igor_environment_begin_script(void);

/* getenv() and $_ENV see a request's variables. From MINIT only. */
void igor_environment_install(void);

#endif
