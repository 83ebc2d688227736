#include "igor.h"

zif_handler igor_replace_function(const char *name, zif_handler handler)
{
	zend_function *function = zend_hash_str_find_ptr(CG(function_table), name, strlen(name));
	zif_handler original;

	if (function == NULL || function->type != ZEND_INTERNAL_FUNCTION) {
		return NULL;
	}
	original = function->internal_function.handler;
	function->internal_function.handler = handler;
	return original;
}
