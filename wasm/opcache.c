/* What opcache knows of a request, in a script that answers many of them. */
#include "igor.h"

/*
 * The end of opcache's state (zend_accel_globals, ZendAccelerator.h; the same from PHP 8.0 on), behind its directives.
 * No header has it, and no function sets the time alone.
 */
typedef struct {
	zend_string *cwd;
	zend_string *include_path;
	char include_path_key[32];
	char cwd_key[32];
	int include_path_key_len;
	bool include_path_check;
	int cwd_key_len;
	bool cwd_check;
	int auto_globals_mask;
	time_t request_time;
} behind_directives;

/* NULL = there is no opcache, or one that we do not know. */
static time_t *clock_of_opcache;

/* The last directive, by where its ini entry writes to. */
static char *end_of_directives(void)
{
	static const char last[] = "opcache.preload_user";
	zend_ini_entry *entry = zend_hash_str_find_ptr(EG(ini_directives), last, sizeof(last) - 1);
	uintptr_t end;

	if (entry == NULL || entry->mh_arg2 == NULL) {
		return NULL;
	}
	end = (uintptr_t) entry->mh_arg2 + (uintptr_t) entry->mh_arg1 + sizeof(char *);
	return (char *) ((end + _Alignof(zend_long) - 1) & ~(uintptr_t) (_Alignof(zend_long) - 1));
}

void igor_opcache_begin_script(void)
{
	behind_directives *state = (behind_directives *) end_of_directives();

	/* opcache has just been told this time. If it is not there, the state is another one than the one above. */
	clock_of_opcache = state != NULL && state->request_time == (time_t) sapi_get_request_time() ? &state->request_time : NULL;
}

void igor_opcache_begin_request(void)
{
	if (clock_of_opcache != NULL) {
		*clock_of_opcache = (time_t) sapi_get_request_time();
	}
}
