#include "environment.h"
#include "strings.h"

static HashTable *environment;
static HashTable names; /* every name ever seen: few, and the same in each role */
static bool names_ready;
static bool fresh;

static void free_string(zval *value)
{
	pefree(Z_STR_P(value), true);
}

static zend_string *permanent_name(zend_string *name)
{
	zend_string *known = zend_hash_find_ptr(&names, name);

	if (known == NULL) {
		known = igor_string_permanent(ZSTR_VAL(name), ZSTR_LEN(name));
		zend_hash_add_new_ptr(&names, known, known);
	}
	return known;
}

void igor_environment_forget(void)
{
	fresh = false;
}

static void import(void)
{
	zval imported;
	zend_string *name;
	zval *value;

	if (!names_ready) {
		zend_hash_init(&names, 32, NULL, NULL, true);
		names_ready = true;
	}
	/* The old values may go: the requests that had them ended with the previous role. */
	if (environment != NULL) {
		zend_hash_destroy(environment);
		pefree(environment, true);
	}
	environment = pemalloc(sizeof(HashTable), true);
	zend_hash_init(environment, 32, NULL, free_string, true);
	array_init(&imported);
	php_import_environment_variables(&imported);
	ZEND_HASH_FOREACH_STR_KEY_VAL(Z_ARRVAL(imported), name, value) {
		zval copy;

		if (name == NULL || Z_TYPE_P(value) != IS_STRING) {
			continue;
		}
		ZVAL_INTERNED_STR(&copy, igor_string_place(pemalloc(_ZSTR_STRUCT_SIZE(Z_STRLEN_P(value)), true),
			Z_STRVAL_P(value), Z_STRLEN_P(value), 0));
		zend_hash_update(environment, permanent_name(name), &copy);
	} ZEND_HASH_FOREACH_END();
	zval_ptr_dtor(&imported);
	fresh = true;
}

HashTable *igor_environment(void)
{
	if (UNEXPECTED(!fresh)) {
		import();
	}
	return environment;
}
