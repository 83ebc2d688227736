#include "environment.h"
#include "strings.h"

static HashTable *environment;
static HashTable *request_environment; /* NULL = it is the same */
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

static void forget_table(HashTable **table)
{
	if (*table != NULL) {
		zend_hash_destroy(*table);
		pefree(*table, true);
		*table = NULL;
	}
}

/* A permanent copy of what is a string under a name. */
static HashTable *permanent_copy(HashTable *imported)
{
	HashTable *table = pemalloc(sizeof(HashTable), true);
	zend_string *name;
	zval *value;

	zend_hash_init(table, 32, NULL, free_string, true);
	ZEND_HASH_FOREACH_STR_KEY_VAL(imported, name, value) {
		zval copy;

		if (name == NULL || Z_TYPE_P(value) != IS_STRING) {
			continue;
		}
		ZVAL_INTERNED_STR(&copy, igor_string_place(pemalloc(_ZSTR_STRUCT_SIZE(Z_STRLEN_P(value)), true),
			Z_STRVAL_P(value), Z_STRLEN_P(value), 0));
		zend_hash_update(table, permanent_name(name), &copy);
	} ZEND_HASH_FOREACH_END();
	return table;
}

/* Items as igor_host_request_environment() has them. */
static void apply(HashTable *imported, const char *items, uint32_t length)
{
	for (const char *item = items; item < items + length; item += strlen(item) + 1) {
		const char *equals = strchr(item, '=');

		if (equals == NULL) {
			zend_hash_str_del(imported, item, strlen(item));
		} else {
			zval value;

			ZVAL_STRING(&value, equals + 1);
			zend_hash_str_update(imported, item, equals - item, &value);
		}
	}
}

static void import(void)
{
	uint32_t length = igor_host_request_environment(NULL, 0);
	zval imported;

	if (!names_ready) {
		zend_hash_init(&names, 32, NULL, NULL, true);
		names_ready = true;
	}
	/* The old values may go: the requests that had them ended with the previous role. */
	forget_table(&environment);
	forget_table(&request_environment);
	array_init(&imported);
	php_import_environment_variables(&imported);
	environment = permanent_copy(Z_ARRVAL(imported));
	if (length > 0) {
		char *items = emalloc(length);

		igor_host_request_environment(items, length);
		apply(Z_ARRVAL(imported), items, length);
		efree(items);
		request_environment = permanent_copy(Z_ARRVAL(imported));
	}
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

HashTable *igor_request_environment(void)
{
	HashTable *whole = igor_environment();

	return request_environment != NULL ? request_environment : whole;
}
