/* frankenphp_sidekick_get_vars() and frankenphp_get_vars(): the readers. */
#include "igor.h"
#include "sidekick_names.h"
#include "sidekick_resolve.h"

#define RESOLVE_ATTEMPTS 8
/* Seconds that frankenphp_get_vars() waits. */
#define GET_VARS_DEADLINE 30.0

static bool get_one(zend_string *name, enum igor_asking asking, double timeout, zval *result)
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
		entry = igor_resolve_one(name, asking, timeout);
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

static bool get_all(HashTable *names, double timeout, zval *result)
{
	zval *name;
	bool known = true;

	ZEND_HASH_FOREACH_VAL(names, name) {
		ZVAL_DEREF(name);
		known = known && igor_cache_find(Z_STR_P(name)) != NULL;
	} ZEND_HASH_FOREACH_END();
	if (!known && !igor_resolve_all(names, IGOR_ASKING_SIDEKICK, timeout)) {
		return false;
	}
	array_init_size(result, zend_hash_num_elements(names));
	ZEND_HASH_FOREACH_VAL(names, name) {
		zval vars;

		ZVAL_DEREF(name);
		if (!get_one(Z_STR_P(name), IGOR_ASKING_SIDEKICK, timeout, &vars)) {
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

	if (names != NULL && !igor_are_valid_names(names)) {
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
		get_one(name, IGOR_ASKING_SIDEKICK, timeout, return_value);
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
	get_one(name, IGOR_ASKING_VARS, GET_VARS_DEADLINE, return_value);
}
