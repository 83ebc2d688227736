/* Sidekicks and background workers that somebody asks for by name. */
#ifndef IGOR_SIDEKICK_RESOLVE_H
#define IGOR_SIDEKICK_RESOLVE_H

#include "igor.h"
#include "snapshot_cache.h"

/* Starts what is missing and waits for it; see igor_host_sidekick_resolve(). NULL, or false, with an exception. */
igor_cache_entry *igor_resolve_one(zend_string *name, enum igor_asking asking, double timeout);

/* One call for all names, so that all start before the wait for any of them, under one deadline. */
bool igor_resolve_all(HashTable *names, enum igor_asking asking, double timeout);

#endif
