/* Names of sidekicks and background workers: what is one, and the question to the host. */
#include "igor.h"
#include "sidekick_names.h"

#define NAME_MAX_LENGTH 255

bool igor_is_valid_name(zend_string *name)
{
	if (ZSTR_LEN(name) == 0) {
		zend_argument_value_error(1, "must not be empty: it is the name of a sidekick");
	} else if (ZSTR_LEN(name) > NAME_MAX_LENGTH) {
		zend_argument_value_error(1, "must be at most %d bytes long, %zu given", NAME_MAX_LENGTH, ZSTR_LEN(name));
	} else if (memchr(ZSTR_VAL(name), '\0', ZSTR_LEN(name)) != NULL) {
		zend_argument_value_error(1, "must not contain any null bytes");
	} else {
		return true;
	}
	return false;
}

/* Types before values, and all checks before anything starts. */
bool igor_are_valid_names(HashTable *names)
{
	HashTable seen;
	zval *name;
	bool valid = true;

	if (zend_hash_num_elements(names) == 0) {
		zend_argument_value_error(1, "must not be an empty array");
		return false;
	}
	ZEND_HASH_FOREACH_VAL(names, name) {
		ZVAL_DEREF(name);
		if (Z_TYPE_P(name) != IS_STRING) {
			zend_argument_type_error(1, "must be a string or an array of strings, array contains %s", zend_zval_type_name(name));
			return false;
		}
	} ZEND_HASH_FOREACH_END();
	zend_hash_init(&seen, zend_hash_num_elements(names), NULL, NULL, false);
	ZEND_HASH_FOREACH_VAL(names, name) {
		ZVAL_DEREF(name);
		if (!igor_is_valid_name(Z_STR_P(name))) {
			valid = false;
			break;
		}
		if (zend_hash_add_empty_element(&seen, Z_STR_P(name)) == NULL) {
			zend_argument_value_error(1, "must not contain duplicate names, \"%s\" is there more than once", Z_STRVAL_P(name));
			valid = false;
			break;
		}
	} ZEND_HASH_FOREACH_END();
	zend_hash_destroy(&seen);
	return valid;
}

static char *write_name(char *destination, zend_string *name)
{
	uint32_t length = (uint32_t) ZSTR_LEN(name);

	memcpy(destination, &length, 4);
	memcpy(destination + 4, ZSTR_VAL(name), length);
	return destination + 4 + length;
}

igor_cache_entry *igor_resolve_one(zend_string *name, enum igor_asking asking, double timeout)
{
	char encoded[4 + NAME_MAX_LENGTH];
	uint32_t length = (uint32_t) (write_name(encoded, name) - encoded);
	int32_t handle;

	if (igor_host_sidekick_resolve(encoded, length, 1, asking, timeout, &handle) < 0) {
		igor_throw_host_error();
		return NULL;
	}
	return igor_cache_store(name, handle);
}

bool igor_resolve_all(HashTable *names, enum igor_asking asking, double timeout)
{
	uint32_t count = zend_hash_num_elements(names);
	int32_t *handles = safe_emalloc(count, sizeof(int32_t), 0);
	char *encoded = safe_emalloc(count, 4 + NAME_MAX_LENGTH, 0);
	char *end = encoded;
	uint32_t i = 0;
	zval *name;
	bool resolved;

	ZEND_HASH_FOREACH_VAL(names, name) {
		ZVAL_DEREF(name);
		end = write_name(end, Z_STR_P(name));
	} ZEND_HASH_FOREACH_END();
	resolved = igor_host_sidekick_resolve(encoded, (uint32_t) (end - encoded), count, asking, timeout, handles) >= 0;
	if (resolved) {
		ZEND_HASH_FOREACH_VAL(names, name) {
			ZVAL_DEREF(name);
			igor_cache_store(Z_STR_P(name), handles[i++]);
		} ZEND_HASH_FOREACH_END();
	} else {
		igor_throw_host_error();
	}
	efree(encoded);
	efree(handles);
	return resolved;
}
