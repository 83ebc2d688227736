#include "environment.h"
#include "request.h"
#include "strings.h"

static HashTable *environment;
static HashTable *request_environment; /* NULL = it is the same */
static HashTable names; /* every name ever seen: few, and the same in each role */
static bool names_ready;
static bool fresh;
static void (*import_process)(zval *array); /* PHP's own */
static zif_handler original_getenv;
static zif_handler original_putenv;
static HashTable set_by_script; /* names; ours, because PHP's own list is gone when code runs late in a request */

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
	import_process(&imported);
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

static bool in_request(void)
{
	return SG(server_context) != NULL && (igor_thread.role == IGOR_ROLE_CLASSIC || igor_thread.role == IGOR_ROLE_WORKER);
}

static bool is_set_by_script(const char *name, size_t length)
{
	return zend_hash_str_exists(&set_by_script, name, length);
}

void igor_environment_add_request(HashTable *table)
{
	const igor_request *request = &igor_current_request;
	zend_string *name;
	zval *value;

	if (!in_request()) {
		return;
	}
	if (request_environment != NULL) {
		ZEND_HASH_FOREACH_STR_KEY_VAL(request_environment, name, value) {
			if (!is_set_by_script(ZSTR_VAL(name), ZSTR_LEN(name))) {
				zend_hash_update(table, name, value);
			}
		} ZEND_HASH_FOREACH_END();
	}
	for (uint32_t i = 0; i < request->variable_count; i++) {
		const igor_header *variable = &request->variables[i];
		zval text;

		if (!is_set_by_script(variable->name.bytes, variable->name.length)) {
			ZVAL_STRINGL(&text, variable->value.bytes, variable->value.length);
			zend_hash_str_update(table, variable->name.bytes, variable->name.length, &text);
		}
	}
}

/* $_ENV of a worker is its script's: it is made once, perhaps in the middle of a request. */
static void import_with_request(zval *array)
{
	import_process(array);
	if (igor_thread.role == IGOR_ROLE_CLASSIC) {
		igor_environment_add_request(Z_ARRVAL_P(array));
	}
}

/* False: the process knows. */
static bool find_in_request(const char *name, size_t length, zval *found)
{
	const igor_request *request = &igor_current_request;
	zval *value;

	if (is_set_by_script(name, length)) {
		return false;
	}
	for (uint32_t i = request->variable_count; i-- > 0;) {
		const igor_header *variable = &request->variables[i];

		if (variable->name.length == length && memcmp(variable->name.bytes, name, length) == 0) {
			ZVAL_STRINGL(found, variable->value.bytes, variable->value.length);
			return true;
		}
	}
	if (request_environment == NULL || (value = zend_hash_str_find(request_environment, name, length)) == NULL) {
		return false;
	}
	ZVAL_COPY(found, value);
	return true;
}

ZEND_FUNCTION(igor_getenv)
{
	char *name = NULL;
	size_t length = 0;
	bool local_only = false;

	ZEND_PARSE_PARAMETERS_START(0, 2)
		Z_PARAM_OPTIONAL
		Z_PARAM_STRING_OR_NULL(name, length)
		Z_PARAM_BOOL(local_only)
	ZEND_PARSE_PARAMETERS_END();

	if (name != NULL && in_request() && find_in_request(name, length, return_value)) {
		return;
	}
	original_getenv(INTERNAL_FUNCTION_PARAM_PASSTHRU);
	if (name == NULL && Z_TYPE_P(return_value) == IS_ARRAY) {
		igor_environment_add_request(Z_ARRVAL_P(return_value));
	}
}

ZEND_FUNCTION(igor_putenv)
{
	char *setting;
	size_t length;
	const char *equals;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_STRING(setting, length)
	ZEND_PARSE_PARAMETERS_END();

	original_putenv(INTERNAL_FUNCTION_PARAM_PASSTHRU);
	if (Z_TYPE_P(return_value) == IS_TRUE) {
		length = strlen(setting);
		equals = memchr(setting, '=', length);
		zend_hash_str_add_empty_element(&set_by_script, setting, equals != NULL ? (size_t) (equals - setting) : length);
	}
}

void igor_environment_begin_script(void)
{
	zend_hash_clean(&set_by_script);
}

void igor_environment_install(void)
{
	zend_hash_init(&set_by_script, 8, NULL, NULL, true);
	original_putenv = igor_replace_function("putenv", ZEND_FN(igor_putenv));
	import_process = php_import_environment_variables;
	php_import_environment_variables = import_with_request;
	original_getenv = igor_replace_function("getenv", ZEND_FN(igor_getenv));
}
