/* The reader's cache: one entry per sidekick this thread has read, so that an unchanged snapshot is the same array. */
#ifndef IGOR_SNAPSHOT_CACHE_H
#define IGOR_SNAPSHOT_CACHE_H

#include "igor.h"

typedef struct igor_cache_entry igor_cache_entry;

/* The entry of a name, or NULL when this thread has not resolved it yet. */
igor_cache_entry *igor_cache_find(zend_string *name);
igor_cache_entry *igor_cache_store(zend_string *name, int32_t handle);

/* Copies the current array to `result`. False: the snapshot is gone, the name has to be resolved again; or an exception. */
bool igor_cache_get(igor_cache_entry *entry, zval *result);

/* Frees request memory. Runs after everything that a request runs, but user code may safely come even later. */
void igor_cache_end_request(void);

#endif
