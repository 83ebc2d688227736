/* What is a name of a sidekick or background worker. */
#include "igor.h"
#include "sidekick_names.h"

bool igor_is_valid_name(zend_string *name)
{
	if (ZSTR_LEN(name) == 0) {
		zend_argument_value_error(1, "must not be empty: it is the name of a sidekick or background worker");
	} else if (ZSTR_LEN(name) > IGOR_NAME_MAX_LENGTH) {
		zend_argument_value_error(1, "must be at most %d bytes long, %zu given", IGOR_NAME_MAX_LENGTH, ZSTR_LEN(name));
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
