#include "sidekick_resolve.h"
#include "sidekick_names.h"

static char *write_name(char *destination, zend_string *name)
{
	uint32_t length = (uint32_t) ZSTR_LEN(name);

	memcpy(destination, &length, 4);
	memcpy(destination + 4, ZSTR_VAL(name), length);
	return destination + 4 + length;
}

igor_cache_entry *igor_resolve_one(zend_string *name, enum igor_asking asking, double timeout)
{
	char encoded[4 + IGOR_NAME_MAX_LENGTH];
	uint32_t length = (uint32_t) (write_name(encoded, name) - encoded);
	int32_t handle;

	if (igor_host_sidekick_resolve(encoded, length, 1, asking, timeout, &handle) < 0) {
		igor_throw_host_error();
		return NULL;
	}
	return igor_cache_store(name, handle);
}

bool igor_resolve_all(HashTable *names, enum igor_asking asking, double timeout)
{
	uint32_t count = zend_hash_num_elements(names);
	int32_t *handles = safe_emalloc(count, sizeof(int32_t), 0);
	char *encoded = safe_emalloc(count, 4 + IGOR_NAME_MAX_LENGTH, 0);
	char *end = encoded;
	uint32_t i = 0;
	zval *name;
	bool resolved;

	ZEND_HASH_FOREACH_VAL(names, name) {
		ZVAL_DEREF(name);
		end = write_name(end, Z_STR_P(name));
	} ZEND_HASH_FOREACH_END();
	resolved = igor_host_sidekick_resolve(encoded, (uint32_t) (end - encoded), count, asking, timeout, handles) >= 0;
	if (resolved) {
		ZEND_HASH_FOREACH_VAL(names, name) {
			ZVAL_DEREF(name);
			igor_cache_store(Z_STR_P(name), handles[i++]);
		} ZEND_HASH_FOREACH_END();
	} else {
		igor_throw_host_error();
	}
	efree(encoded);
	efree(handles);
	return resolved;
}
