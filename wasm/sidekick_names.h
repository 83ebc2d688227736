/* Names of sidekicks and background workers. */
#ifndef IGOR_SIDEKICK_NAMES_H
#define IGOR_SIDEKICK_NAMES_H

#include "igor.h"

#define IGOR_NAME_MAX_LENGTH 255 /* bytes */

/* False, and an exception about the first argument. */
bool igor_is_valid_name(zend_string *name);

/* The same for several: types before values. */
bool igor_are_valid_names(HashTable *names);

#endif
