/*
 * opcache, in a server whose threads have one each, and in scripts that answer many requests.
 *
 * For opcache, a script is one request, during which its clock stands still: it would never check a cached file again,
 * and never cache one that is newer than the script's start. So each request of a worker sets the clock.
 *
 * What a script declares out of date is so on all threads, as if they shared one cache.
 */
#include "igor.h"

/* ZendAccelerator.h, which is not installed; exported by php.wasm. */
extern zend_result zend_accel_invalidate(zend_string *path, bool force);

/*
 * The end of opcache's state (zend_accel_globals, ZendAccelerator.h; the same since PHP 8.0), behind its directives.
 * No header has it, and no function sets only the time.
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

static struct {
	bool installed;
	time_t *clock; /* NULL = there is no opcache, or one that we do not know */
	zif_handler invalidate;
	zif_handler reset;
} opcache;

/* Where a setting is stored. */
static void *place_of(const char *name)
{
	zend_ini_entry *entry = zend_hash_str_find_ptr(EG(ini_directives), name, strlen(name));

	if (entry == NULL || entry->mh_arg2 == NULL) {
		return NULL;
	}
	return (char *) entry->mh_arg2 + (size_t) entry->mh_arg1;
}

static void find_clock(void)
{
	char *last = place_of("opcache.preload_user");
	behind_directives *state;

	if (last == NULL) {
		return;
	}
	state = (behind_directives *) (((uintptr_t) last + sizeof(char *) + _Alignof(zend_long) - 1) & -_Alignof(zend_long));
	/* opcache has just been told this time. If it is not here, the state does not have the layout above. */
	if (state->request_time == (time_t) sapi_get_request_time()) {
		opcache.clock = &state->request_time;
	}
}

static ZEND_FUNCTION(igor_opcache_invalidate)
{
	zend_string *path;
	zend_string *resolved;
	bool forced = false;

	opcache.invalidate(INTERNAL_FUNCTION_PARAM_PASSTHRU);
	if (Z_TYPE_P(return_value) != IS_TRUE) {
		return;
	}
	ZEND_PARSE_PARAMETERS_START(1, 2)
		Z_PARAM_STR(path)
		Z_PARAM_OPTIONAL
		Z_PARAM_BOOL(forced)
	ZEND_PARSE_PARAMETERS_END();
	/* The other threads have other working directories. */
	resolved = zend_resolve_path(path);
	if (resolved != NULL) {
		path = resolved;
	}
	if (ZSTR_LEN(path) > 0) {
		igor_host_outdated_declare(ZSTR_VAL(path), (uint32_t) ZSTR_LEN(path), forced);
	}
	if (resolved != NULL) {
		zend_string_release(resolved);
	}
}

/* One by one: a reset of the whole cache waits until no script runs. False when PHP may not list the cached files. */
static bool invalidate_all(void)
{
	zval name;
	zval status;
	zval *scripts;
	zend_string *path;

	ZVAL_STRING(&name, "opcache_get_status");
	ZVAL_UNDEF(&status);
	call_user_function(NULL, NULL, &name, &status, 0, NULL);
	zval_ptr_dtor(&name);
	if (Z_TYPE(status) != IS_ARRAY) {
		zval_ptr_dtor(&status);
		return false;
	}
	scripts = zend_hash_str_find(Z_ARRVAL(status), "scripts", sizeof("scripts") - 1);
	if (scripts != NULL && Z_TYPE_P(scripts) == IS_ARRAY) {
		ZEND_HASH_FOREACH_STR_KEY(Z_ARRVAL_P(scripts), path) {
			if (path != NULL) {
				zend_accel_invalidate(path, true);
			}
		} ZEND_HASH_FOREACH_END();
	}
	zval_ptr_dtor(&status);
	return true;
}

static ZEND_FUNCTION(igor_opcache_reset)
{
	if (igor_thread.role == IGOR_ROLE_WORKER || igor_thread.role == IGOR_ROLE_SIDEKICK) {
		ZEND_PARSE_PARAMETERS_NONE();
		RETVAL_BOOL(invalidate_all());
	} else {
		opcache.reset(INTERNAL_FUNCTION_PARAM_PASSTHRU);
	}
	if (Z_TYPE_P(return_value) == IS_TRUE) {
		igor_host_outdated_declare(NULL, 0, false);
	}
}

static zif_handler replace(const char *name, zif_handler handler)
{
	zend_internal_function *function = zend_hash_str_find_ptr(CG(function_table), name, strlen(name));
	zif_handler former;

	if (function == NULL || function->type != ZEND_INTERNAL_FUNCTION) {
		return NULL;
	}
	former = function->handler;
	function->handler = handler;
	return former;
}

/* Not in MINIT: opcache starts after all modules. */
static void install(void)
{
	if (!opcache.installed) {
		opcache.installed = true;
		opcache.invalidate = replace("opcache_invalidate", ZEND_FN(igor_opcache_invalidate));
		opcache.reset = replace("opcache_reset", ZEND_FN(igor_opcache_reset));
	}
}

static void hear_of_outdated_code(void)
{
	char path[MAXPATHLEN];
	uint32_t length = sizeof(path);
	int32_t forced;
	int32_t what;

	while ((what = igor_host_outdated_next(path, &length, &forced)) != IGOR_OUTDATED_NOTHING) {
		if (what == IGOR_OUTDATED_ALL) {
			int error_reporting = EG(error_reporting);

			/* Not on the script's behalf: opcache.restrict_api may forbid it to ask. */
			EG(error_reporting) = 0;
			invalidate_all();
			EG(error_reporting) = error_reporting;
		} else {
			zend_string *file = zend_string_init(path, length, false);

			zend_accel_invalidate(file, forced != 0);
			zend_string_release(file);
		}
		length = sizeof(path);
	}
}

void igor_opcache_begin_script(void)
{
	install();
	if (opcache.clock == NULL) {
		find_clock();
	}
	if (opcache.clock != NULL) {
		hear_of_outdated_code();
	}
}

void igor_opcache_begin_request(void)
{
	if (opcache.clock != NULL) {
		*opcache.clock = (time_t) sapi_get_request_time();
		hear_of_outdated_code();
	}
}
