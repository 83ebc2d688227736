#include "header_names.h"
#include "strings.h"

/* Clients choose the names: the cache must not grow with their inventions. */
#define CACHE_LIMIT 512

static HashTable cache;
static bool cache_ready;

static igor_header_name spell(igor_text name)
{
	igor_header_name spelled = {
		zend_string_alloc(name.length + 5, false), zend_string_alloc(name.length, false), false};
	char *variable = ZSTR_VAL(spelled.variable);
	char *canonical = ZSTR_VAL(spelled.canonical);
	bool at_start = true;

	memcpy(variable, "HTTP_", 5);
	variable += 5;
	for (uint32_t i = 0; i < name.length; i++) {
		char c = name.bytes[i];
		char upper = c >= 'a' && c <= 'z' ? (char) (c - 32) : c;
		char lower = c >= 'A' && c <= 'Z' ? (char) (c + 32) : c;

		/* As php_register_variable() does; names with '_' or '.' do not get here. */
		variable[i] = c == '-' ? '_' : upper;
		canonical[i] = at_start ? upper : lower;
		at_start = c == '-';
	}
	variable[name.length] = '\0';
	canonical[name.length] = '\0';
	return spelled;
}

void igor_header_name_release(igor_header_name name)
{
	if (!name.kept) {
		zend_string_release(name.variable);
		zend_string_release(name.canonical);
	}
}

igor_header_name igor_header_name_of(igor_text name)
{
	igor_header_name *found;
	igor_header_name spelled;
	igor_header_name kept;

	if (!cache_ready) {
		zend_hash_init(&cache, 64, NULL, NULL, true);
		cache_ready = true;
	}
	found = zend_hash_str_find_ptr(&cache, name.bytes, name.length);
	if (found != NULL) {
		return *found;
	}
	spelled = spell(name);
	if (zend_hash_num_elements(&cache) >= CACHE_LIMIT) {
		return spelled;
	}
	kept.variable = igor_string_permanent(ZSTR_VAL(spelled.variable), ZSTR_LEN(spelled.variable));
	kept.canonical = igor_string_permanent(ZSTR_VAL(spelled.canonical), ZSTR_LEN(spelled.canonical));
	kept.kept = true;
	zend_hash_str_add_mem(&cache, name.bytes, name.length, &kept, sizeof(kept));
	igor_header_name_release(spelled);
	return kept;
}
