#include "worker.h"
#include "request.h"
#include "response.h"
#include "task_handles.h"
#include "ext/session/php_session.h"
#include "ext/standard/php_filestat.h"
#include "main/rfc1867.h"

/*
 * Extensions whose request state belongs to the HTTP request rather than to the script: FrankenPHP's list, and zlib, which
 * would remember the first client's Accept-Encoding for all that follow.
 */
static const char *const request_modules[] = {"filter", "session", "zlib"};

static void call_modules(bool startup)
{
	enum { COUNT = sizeof(request_modules) / sizeof(request_modules[0]) };
	/* The same for as long as the thread lives; NULL = PHP has no such extension. */
	static zend_module_entry *modules[COUNT];
	static bool found;

	for (int i = 0; !found && i < COUNT; i++) {
		modules[i] = zend_hash_str_find_ptr(&module_registry, request_modules[i], strlen(request_modules[i]));
	}
	found = true;
	for (int i = 0; i < COUNT; i++) {
		zend_module_entry *module = modules[i];

		if (module == NULL) {
			continue;
		}
		if (startup && module->request_startup_func != NULL) {
			module->request_startup_func(module->type, module->module_number);
		} else if (!startup && module->request_shutdown_func != NULL) {
			module->request_shutdown_func(module->type, module->module_number);
		}
	}
}

/*
 * A save handler that the script has set before its loop, or in a request, is the script's: the setting
 * session.save_handler stays "user", too. The session extension drops the callbacks when a request ends, but needs them
 * until then to write and to close: so a second reference keeps them.
 */
static void shut_modules_down(void)
{
	enum { COUNT = sizeof(PS(mod_user_names)) / sizeof(zval) };
	zval *callbacks = (zval *) &PS(mod_user_names);
	zval held[COUNT];
	zend_string *class_name = PS(mod_user_class_name) ? zend_string_copy(PS(mod_user_class_name)) : NULL;

	for (int i = 0; i < COUNT; i++) {
		ZVAL_COPY(&held[i], &callbacks[i]);
	}
	zend_try {
		call_modules(false);
	} zend_end_try();
	for (int i = 0; i < COUNT; i++) {
		zval_ptr_dtor(&callbacks[i]);
		ZVAL_COPY_VALUE(&callbacks[i], &held[i]);
	}
	if (PS(mod_user_class_name) != NULL) {
		zend_string_release(PS(mod_user_class_name));
	}
	PS(mod_user_class_name) = class_name;
}

void igor_worker_end_request(void)
{
	/* Sessions first: closing one may still send a cookie. */
	shut_modules_down();
	/* What its destructors print belongs to this response, too. */
	zend_hash_str_del(&EG(symbol_table), "_SESSION", sizeof("_SESSION") - 1);
	zend_try {
		php_header();
	} zend_end_try();
	igor_tasks_end(true);
	igor_response_end();
	if (SG(rfc1867_uploaded_files) != NULL) {
		destroy_uploaded_files_hash();
		SG(rfc1867_uploaded_files) = NULL;
	}
	/* What the script prints until its next request belongs to no response: it goes to the log. */
	SG(server_context) = NULL;
}

/* PHP keeps the body's stream until the end of the script, which never comes in a worker: streams would pile up. */
static void free_request_body(void)
{
	zend_resource *resource;
	php_stream *body = SG(request_info).request_body;

	if (body == NULL) {
		return;
	}
	/* A php://input that the script has kept reads from the body without counting as its owner. */
	ZEND_HASH_FOREACH_PTR(&EG(regular_list), resource) {
		if (resource->type == php_file_le_stream() && strcmp(((php_stream *) resource->ptr)->ops->label, "Input") == 0) {
			return;
		}
	} ZEND_HASH_FOREACH_END();
	SG(request_info).request_body = NULL;
	php_stream_close(body);
}

/* $_ENV and $GLOBALS are the script's. */
static bool is_of_request(const zend_auto_global *global)
{
	return !zend_string_equals_literal(global->name, "_ENV") && !zend_string_equals_literal(global->name, "GLOBALS");
}

/*
 * Scripts may put objects into superglobals: their destructors run before the next request arrives, so that they cannot
 * write to its response, or end it.
 */
static void clear_superglobals(void)
{
	static const int tracked[] = {TRACK_VARS_POST, TRACK_VARS_GET, TRACK_VARS_COOKIE, TRACK_VARS_SERVER, TRACK_VARS_FILES};
	zend_auto_global *global;

	ZEND_HASH_MAP_FOREACH_PTR(CG(auto_globals), global) {
		zval *value = zend_hash_find_known_hash(&EG(symbol_table), global->name);
		zval former;

		if (value == NULL || !is_of_request(global)) {
			continue;
		}
		/* Most are empty already. */
		if (Z_TYPE_P(value) != IS_ARRAY || zend_hash_num_elements(Z_ARRVAL_P(value)) > 0) {
			ZVAL_COPY_VALUE(&former, value);
			ZVAL_EMPTY_ARRAY(value);
			zval_ptr_dtor(&former);
		}
	} ZEND_HASH_FOREACH_END();
	/* Undefined, as at the start: extensions then have $_SERVER built, and do not see the previous client's. */
	for (size_t i = 0; i < sizeof(tracked) / sizeof(tracked[0]); i++) {
		zval former;

		ZVAL_COPY_VALUE(&former, &PG(http_globals)[tracked[i]]);
		ZVAL_UNDEF(&PG(http_globals)[tracked[i]]);
		zval_ptr_dtor_nogc(&former);
	}
}

void igor_worker_leave_request(void)
{
	zend_try {
		php_output_end_all();
	} zend_end_try();
	zend_try {
		clear_superglobals();
	} zend_end_try();
	zend_try {
		php_output_deactivate();
	} zend_end_try();
	free_request_body();
	zend_try {
		sapi_deactivate();
	} zend_end_try();
	zend_set_memory_limit(PG(memory_limit));
	igor_xdebug_leave_worker_request();
}

static void start_output(void)
{
	php_output_activate();
	if (PG(output_handler) && PG(output_handler)[0]) {
		zval handler;

		ZVAL_STRING(&handler, PG(output_handler));
		php_output_start_user(&handler, 0, PHP_OUTPUT_HANDLER_STDFLAGS);
		zval_ptr_dtor(&handler);
	} else if (PG(output_buffering)) {
		php_output_start_user(NULL, PG(output_buffering) > 1 ? PG(output_buffering) : 0, PHP_OUTPUT_HANDLER_STDFLAGS);
	} else if (PG(implicit_flush)) {
		php_output_set_implicit_flush(true);
	}
}

/*
 * $_GET, $_POST, $_COOKIE and $_FILES are imported again. $_SERVER and $_REQUEST are built on first use: they are in the
 * symbol table once code that names them has been compiled, and only then are they rebuilt; otherwise they stay armed and
 * cost nothing.
 */
static void reset_superglobals(void)
{
	zend_auto_global *global;

	zend_hash_str_del(&EG(symbol_table), "_SESSION", sizeof("_SESSION") - 1);
	ZEND_HASH_MAP_FOREACH_PTR(CG(auto_globals), global) {
		if (!is_of_request(global)) {
			continue;
		}
		if (global->jit && !zend_hash_exists(&EG(symbol_table), global->name)) {
			global->armed = global->auto_global_callback != NULL;
		} else if (global->auto_global_callback != NULL) {
			global->armed = global->auto_global_callback(global->name);
		} else {
			global->armed = false;
		}
	} ZEND_HASH_FOREACH_END();
}

/* What a script has installed for its own code, and must not take part in reading a request. */
typedef struct {
	zval error_handler;
	bool upload_progress;
} set_aside;

/*
 * PHP reads a request before any script runs, so its warnings (too many variables, no boundary, too large) only go to the
 * log, and no session handler written in PHP is asked about the progress of an upload. A worker's script is already
 * running: what it has installed is set aside, or a client could end the worker by what it sends.
 */
static set_aside begin_reading(void)
{
	set_aside aside;

	ZVAL_COPY_VALUE(&aside.error_handler, &EG(user_error_handler));
	ZVAL_UNDEF(&EG(user_error_handler));
	aside.upload_progress = PS(rfc1867_enabled);
	/* The first one is for open(). */
	if (Z_TYPE_P((zval *) &PS(mod_user_names)) != IS_UNDEF) {
		PS(rfc1867_enabled) = false;
	}
	/* Warnings say "PHP Request Startup", as usual. */
	PG(during_request_startup) = true;
	return aside;
}

static void end_reading(set_aside aside)
{
	PG(during_request_startup) = false;
	PS(rfc1867_enabled) = aside.upload_progress;
	ZVAL_COPY_VALUE(&EG(user_error_handler), &aside.error_handler);
}

static void add_powered_by(void)
{
	static char header[64];
	static uint32_t length;

	if (length == 0) {
		/* Not SAPI_PHP_VERSION_HEADER: that is the version of the headers this file was compiled with. */
		zval *version = zend_get_constant_str("PHP_VERSION", sizeof("PHP_VERSION") - 1);

		length = (uint32_t) snprintf(header, sizeof(header), "X-Powered-By: PHP/%s", Z_STRVAL_P(version));
	}
	sapi_add_header(header, length, true);
}

void igor_worker_enter_request(void)
{
	set_aside aside;

	PG(header_is_being_sent) = false;
	/* PHP clears it with each request: what it holds may have changed since. */
	php_clear_stat_cache(false, NULL, 0);
	PG(connection_status) = PHP_CONNECTION_NORMAL;
	aside = begin_reading();
	sapi_activate();
	SG(sapi_started) = true;
	igor_opcache_begin_request();
	start_output();
	if (EG(timeout_seconds) > 0 && igor_current_request.open) {
		/* The handler of the signal is still the one of the script's start. */
		zend_set_timeout(EG(timeout_seconds), false);
	}
	if (PG(expose_php)) {
		add_powered_by();
	}
	reset_superglobals();
	end_reading(aside);
	igor_xdebug_enter_worker_request();
	call_modules(true);
}
