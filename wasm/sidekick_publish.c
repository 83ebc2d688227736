/* What only a sidekick may call. */
#include "igor.h"
#include "snapshot_format.h"

static bool require_sidekick(const char *function)
{
	if (igor_thread.role == IGOR_ROLE_SIDEKICK) {
		return true;
	}
	zend_throw_exception_ex(spl_ce_RuntimeException, 0, "%s() can only be called inside a sidekick", function);
	return false;
}

static bool are_valid_vars(HashTable *vars)
{
	zend_string *key;
	zend_ulong index;
	zval *value;

	ZEND_HASH_FOREACH_KEY_VAL(vars, index, key, value) {
		ZVAL_DEREF(value);
		if (key == NULL) {
			zend_argument_type_error(1, "must have only string keys, key " ZEND_LONG_FMT " is an int", (zend_long) index);
			return false;
		}
		if (Z_TYPE_P(value) != IS_STRING) {
			zend_argument_type_error(1, "must have only string values, the value of key \"%s\" is of type %s", ZSTR_VAL(key),
				zend_zval_type_name(value));
			return false;
		}
	} ZEND_HASH_FOREACH_END();
	return true;
}

PHP_FUNCTION(frankenphp_sidekick_set_vars)
{
	HashTable *vars;
	igor_written written;
	uint32_t limit;
	int32_t result;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_ARRAY_HT(vars)
	ZEND_PARSE_PARAMETERS_END();

	if (!require_sidekick("frankenphp_sidekick_set_vars") || !are_valid_vars(vars)) {
		RETURN_THROWS();
	}
	limit = igor_host_sidekick_max_size();
	if (igor_snapshot_write(vars, limit, &written) != IGOR_WRITTEN) {
		zend_throw_exception_ex(spl_ce_RuntimeException, 0, "frankenphp_sidekick_set_vars(): the snapshot has %" PRIu64
			" bytes, more than max_snapshot_size allows (%" PRIu32 "); the previous snapshot stays", written.size, limit);
		RETURN_THROWS();
	}
	result = igor_host_sidekick_publish(igor_scratch(0), (uint32_t) written.size);
	igor_scratch_trim();
	if (result < 0) {
		igor_throw_host_error();
	}
}

PHP_FUNCTION(frankenphp_sidekick_should_stop)
{
	ZEND_PARSE_PARAMETERS_NONE();
	if (!require_sidekick("frankenphp_sidekick_should_stop")) {
		RETURN_THROWS();
	}
	RETURN_BOOL(igor_host_should_stop() == 1);
}
