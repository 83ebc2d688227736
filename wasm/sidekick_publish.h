#ifndef IGOR_SIDEKICK_PUBLISH_H
#define IGOR_SIDEKICK_PUBLISH_H

#include "igor.h"

/*
 * Publishes the first argument of `function`. What cannot be published is an exception, and the previous snapshot stays.
 * References: see igor_snapshot_write().
 */
void igor_publish(HashTable *vars, const char *function, bool follow_references);

#endif
