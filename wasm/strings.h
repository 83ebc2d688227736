/* Strings that live outside PHP's request memory. */
#ifndef IGOR_STRINGS_H
#define IGOR_STRINGS_H

#include "igor.h"

/*
 * Interned, so that PHP neither counts nor frees them. Those that are freed some day are not PERMANENT: code that keeps
 * strings beyond a request copies interned strings unless they are permanent.
 */
#define IGOR_STRING_TYPE (IS_STRING | ((IS_STR_INTERNED | GC_NOT_COLLECTABLE | GC_PERSISTENT) << GC_FLAGS_SHIFT))

/* Writes a string into `memory`, which has _ZSTR_STRUCT_SIZE(length) bytes. */
static inline zend_string *igor_string_place(void *memory, const char *bytes, size_t length, uint32_t more_flags)
{
	zend_string *string = memory;

	GC_SET_REFCOUNT(string, 1);
	GC_TYPE_INFO(string) = IGOR_STRING_TYPE | (more_flags << GC_FLAGS_SHIFT);
	ZSTR_H(string) = 0;
	ZSTR_LEN(string) = length;
	memcpy(ZSTR_VAL(string), bytes, length);
	ZSTR_VAL(string)[length] = '\0';
	zend_string_hash_val(string);
	return string;
}

/* For the lifetime of the thread. */
static inline zend_string *igor_string_permanent(const char *bytes, size_t length)
{
	return igor_string_place(pemalloc(_ZSTR_STRUCT_SIZE(length), true), bytes, length, IS_STR_PERMANENT);
}

#endif
