/* What only a sidekick may call. */
#include "igor.h"
#include "sidekick_publish.h"
#include "snapshot_format.h"
#include "worker_readiness.h"

static bool require_sidekick(const char *function)
{
	if (igor_thread.role == IGOR_ROLE_SIDEKICK) {
		return true;
	}
	zend_throw_exception_ex(spl_ce_RuntimeException, 0, "%s() can only be called inside a sidekick or a background worker", function);
	return false;
}

static bool are_strings(HashTable *vars)
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

void igor_publish(HashTable *vars, const char *function, bool follow_references)
{
	uint32_t limit = igor_host_sidekick_max_size();
	igor_written written;
	igor_write_result result = igor_snapshot_write(vars, limit, follow_references, &written);

	if (result == IGOR_TOO_LARGE) {
		zend_throw_exception_ex(spl_ce_RuntimeException, 0, "%s(): the snapshot has %" PRIu64
			" bytes, more than max_snapshot_size allows (%" PRIu32 "); the previous snapshot stays", function, written.size,
			limit);
	} else if (result != IGOR_WRITTEN) {
		igor_snapshot_refuse(1, "vars", result, &written);
	} else if (igor_host_sidekick_publish(igor_scratch(0), (uint32_t) written.size) < 0) {
		igor_throw_host_error();
	} else {
		igor_worker_published();
	}
	igor_scratch_trim();
}

PHP_FUNCTION(frankenphp_sidekick_set_vars)
{
	HashTable *vars;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_ARRAY_HT(vars)
	ZEND_PARSE_PARAMETERS_END();

	if (require_sidekick("frankenphp_sidekick_set_vars") && are_strings(vars)) {
		igor_publish(vars, "frankenphp_sidekick_set_vars", true);
	}
}

PHP_FUNCTION(frankenphp_set_vars)
{
	HashTable *vars;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_ARRAY_HT(vars)
	ZEND_PARSE_PARAMETERS_END();

	if (require_sidekick("frankenphp_set_vars")) {
		igor_publish(vars, "frankenphp_set_vars", false);
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
