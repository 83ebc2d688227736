/* frankenphp_sidekick_get_vars() and frankenphp_get_vars(): the readers. */
#include "igor.h"
#include "snapshot_cache.h"

#define NAME_MAX_LENGTH 255
#define RESOLVE_ATTEMPTS 8
/* Seconds that frankenphp_get_vars() waits. */
#define GET_VARS_DEADLINE 30.0

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
static bool are_valid_names(HashTable *names)
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

static igor_cache_entry *resolve_one(zend_string *name, double timeout)
{
	char encoded[4 + NAME_MAX_LENGTH];
	uint32_t length = (uint32_t) (write_name(encoded, name) - encoded);
	int32_t handle;

	if (igor_host_sidekick_resolve(encoded, length, 1, timeout, &handle) < 0) {
		igor_throw_host_error();
		return NULL;
	}
	return igor_cache_store(name, handle);
}

static bool get_one(zend_string *name, double timeout, zval *result)
{
	igor_cache_entry *entry = igor_cache_find(name);

	if (EXPECTED(entry != NULL) && EXPECTED(igor_cache_get(entry, result))) {
		return true;
	}
	if (UNEXPECTED(EG(exception) != NULL)) {
		return false;
	}
	/* A snapshot may vanish between the two calls, when its sidekick is given up at this moment. */
	for (int attempt = 0; attempt < RESOLVE_ATTEMPTS; attempt++) {
		entry = resolve_one(name, timeout);
		if (entry == NULL) {
			return false;
		}
		if (igor_cache_get(entry, result)) {
			return true;
		}
		if (EG(exception) != NULL) {
			return false;
		}
	}
	zend_throw_exception_ex(spl_ce_RuntimeException, 0,
		"Cannot read the variables of sidekick \"%s\": they disappeared %d times while being read", ZSTR_VAL(name),
		RESOLVE_ATTEMPTS);
	return false;
}

/* One call for all names, so that all start before the wait for any of them, under one deadline. */
static bool resolve_all(HashTable *names, double timeout)
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
	resolved = igor_host_sidekick_resolve(encoded, (uint32_t) (end - encoded), count, timeout, handles) >= 0;
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

static bool get_all(HashTable *names, double timeout, zval *result)
{
	zval *name;
	bool known = true;

	ZEND_HASH_FOREACH_VAL(names, name) {
		ZVAL_DEREF(name);
		known = known && igor_cache_find(Z_STR_P(name)) != NULL;
	} ZEND_HASH_FOREACH_END();
	if (!known && !resolve_all(names, timeout)) {
		return false;
	}
	array_init_size(result, zend_hash_num_elements(names));
	ZEND_HASH_FOREACH_VAL(names, name) {
		zval vars;

		ZVAL_DEREF(name);
		if (!get_one(Z_STR_P(name), timeout, &vars)) {
			zval_ptr_dtor(result);
			ZVAL_NULL(result);
			return false;
		}
		zend_symtable_update(Z_ARRVAL_P(result), Z_STR_P(name), &vars);
	} ZEND_HASH_FOREACH_END();
	return true;
}

PHP_FUNCTION(frankenphp_sidekick_get_vars)
{
	zend_string *name;
	HashTable *names;
	double timeout = 30.0;

	ZEND_PARSE_PARAMETERS_START(1, 2)
		Z_PARAM_ARRAY_HT_OR_STR(names, name)
		Z_PARAM_OPTIONAL
		Z_PARAM_DOUBLE(timeout)
	ZEND_PARSE_PARAMETERS_END();

	if (names != NULL && !are_valid_names(names)) {
		RETURN_THROWS();
	}
	if (names == NULL && igor_cache_find(name) == NULL && !igor_is_valid_name(name)) {
		RETURN_THROWS();
	}
	/* Written so that NaN fails, too. */
	if (!(timeout >= 0)) {
		zend_argument_value_error(2, "must be greater than or equal to 0");
		RETURN_THROWS();
	}
	if (names != NULL) {
		get_all(names, timeout, return_value);
	} else {
		get_one(name, timeout, return_value);
	}
}

PHP_FUNCTION(frankenphp_get_vars)
{
	zend_string *name;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_STR(name)
	ZEND_PARSE_PARAMETERS_END();

	if (igor_cache_find(name) == NULL && !igor_is_valid_name(name)) {
		RETURN_THROWS();
	}
	get_one(name, GET_VARS_DEADLINE, return_value);
}
