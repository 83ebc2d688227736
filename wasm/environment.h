/* The process environment, as every $_SERVER of a role gets it; that of a request without what is its worker's own. */
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

/* The same for $_SERVER of a request: what is a worker's own is as the scope has it. */
HashTable *igor_request_environment(void);

#endif
