/* Names of sidekicks and background workers. */
#ifndef IGOR_SIDEKICK_NAMES_H
#define IGOR_SIDEKICK_NAMES_H

#include "igor.h"
#include "snapshot_cache.h"

/* False, and an exception about the first argument. */
bool igor_is_valid_name(zend_string *name);

/* The same for several: types before values. */
bool igor_are_valid_names(HashTable *names);

/* Starts what is missing and waits for it; see igor_host_sidekick_resolve(). NULL, or false, with an exception. */
igor_cache_entry *igor_resolve_one(zend_string *name, enum igor_asking asking, double timeout);

/* One call for all names, so that all start before the wait for any of them, under one deadline. */
bool igor_resolve_all(HashTable *names, enum igor_asking asking, double timeout);

#endif
