/* frankenphp_ensure_background_worker() */
#include "igor.h"
#include "sidekick_names.h"
#include "sidekick_resolve.h"

#define DEFAULT_TIMEOUT 30.0

PHP_FUNCTION(frankenphp_ensure_background_worker)
{
	zend_string *name;
	HashTable *names;
	double timeout = DEFAULT_TIMEOUT;
	bool has_default = true;

	ZEND_PARSE_PARAMETERS_START(1, 2)
		Z_PARAM_ARRAY_HT_OR_STR(names, name)
		Z_PARAM_OPTIONAL
		Z_PARAM_DOUBLE_OR_NULL(timeout, has_default)
	ZEND_PARSE_PARAMETERS_END();

	if (names != NULL ? !igor_are_valid_names(names) : !igor_is_valid_name(name)) {
		RETURN_THROWS();
	}
	if (has_default) {
		timeout = DEFAULT_TIMEOUT;
	} else if (!(timeout > 0)) { /* written so that NaN fails, too */
		zend_argument_value_error(2, "must be greater than 0");
		RETURN_THROWS();
	}
	if (names != NULL) {
		igor_resolve_all(names, IGOR_ASKING_WORKER, timeout);
	} else {
		igor_resolve_one(name, IGOR_ASKING_WORKER, timeout);
	}
}
