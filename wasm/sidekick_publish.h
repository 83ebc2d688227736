#ifndef IGOR_SIDEKICK_PUBLISH_H
#define IGOR_SIDEKICK_PUBLISH_H

#include "igor.h"

/* Publishes the first argument of `function`. What cannot be published is an exception, and the previous snapshot stays. */
void igor_publish(HashTable *vars, const char *function);

#endif
