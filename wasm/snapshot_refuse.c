#include "snapshot_format.h"

void igor_snapshot_refuse(uint32_t argument, const char *what, igor_write_result result, const igor_written *written)
{
	if (result == IGOR_TOO_DEEP) {
		zend_argument_value_error(argument, "must not be nested deeper than %d levels, %s%s is", IGOR_SNAPSHOT_MAX_DEPTH,
			what, ZSTR_VAL(written->path));
	} else if (Z_ISREF_P(written->refused)) {
		zend_argument_value_error(argument, "must not contain references, %s%s is one", what, ZSTR_VAL(written->path));
	} else {
		zend_argument_value_error(argument, "must contain only null, bool, int, float, string, enum cases and arrays of these, "
			"%s%s is of type %s", what, ZSTR_VAL(written->path), zend_zval_type_name(written->refused));
	}
	zend_string_release(written->path);
}
