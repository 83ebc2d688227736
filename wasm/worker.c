#include "worker.h"
#include "request.h"
#include "response.h"
#include "ext/standard/basic_functions.h"

static bool announced_ready;

/* Where the script is. Not the same as an open response: that may end before its request does, or after it. */
static enum { BETWEEN_REQUESTS, IN_REQUEST, SCRIPT_OVER } phase;

/* Functions registered by the handler run at the end of its request; those of the boot phase wait here meanwhile. */
static bool serving;
static HashTable *outer_shutdown_functions;

/* User code cannot survive an uncaught error, as in FrankenPHP: the script ends, the host starts it again. */
static void fail_request(void)
{
	if (SG(sapi_headers).http_response_code == 200) {
		if (SG(headers_sent)) {
			igor_response_override_status(500);
		} else {
			SG(sapi_headers).http_response_code = 500;
		}
	}
	if (Z_TYPE(EG(user_exception_handler)) != IS_UNDEF) {
		zend_user_exception_handler();
	}
	if (EG(exception) != NULL) {
		zend_exception_error(EG(exception), E_ERROR);
	}
	EG(exit_status) = 255;
	/* Jumps to igor_script_execute(); php_request_shutdown() then flushes, and the entry ends the response. */
	zend_bailout();
}

static void call_handler(zend_fcall_info *call, zend_fcall_info_cache *cache)
{
	zval result;

	ZVAL_UNDEF(&result);
	call->retval = &result;
	zend_call_function(call, cache);
	zval_ptr_dtor(&result);
}

static bool is_uncaught_error(void)
{
	return EG(exception) != NULL && !zend_is_unwind_exit(EG(exception)) && !zend_is_graceful_exit(EG(exception));
}

static void restore_shutdown_functions(void)
{
	php_call_shutdown_functions();
	php_free_shutdown_functions();
	BG(user_shutdown_function_names) = outer_shutdown_functions;
	outer_shutdown_functions = NULL;
}

/* exit() unwinds the script by a pseudo exception: set aside, or no further callback could run. */
static zend_object *take_exit_marker(zend_object *earlier)
{
	zend_object *marker = EG(exception);

	if (marker == NULL) {
		return earlier;
	}
	if (is_uncaught_error()) {
		fail_request();
	}
	EG(exception) = NULL;
	if (earlier != NULL) {
		OBJ_RELEASE(earlier);
	}
	return marker;
}

static void serve_request(zend_fcall_info *call, zend_fcall_info_cache *cache)
{
	zend_object *exit_marker;

	outer_shutdown_functions = BG(user_shutdown_function_names);
	BG(user_shutdown_function_names) = NULL;
	serving = true;
	igor_files_begin_worker_request();
	igor_xdebug_begin_worker_request();
	if (EG(exception) == NULL) {
		call_handler(call, cache);
	}
	exit_marker = take_exit_marker(NULL);
	restore_shutdown_functions();
	exit_marker = take_exit_marker(exit_marker);
	serving = false;
	if (exit_marker == NULL) {
		php_output_end_all();
		exit_marker = take_exit_marker(NULL);
	}
	/* A fatal error in a shutdown function or an output callback was caught, but the script is lost. */
	if (CG(unclean_shutdown)) {
		EG(exception) = exit_marker;
		zend_bailout();
	}
	/* The script ends inside its request: what its destructors print belongs to the response, as usual. */
	if (exit_marker != NULL) {
		EG(exception) = exit_marker;
		return;
	}
	igor_worker_end_request();
	igor_files_end_worker_request();
	/* Writing sessions runs user code, too. A script that catches what it threw may go on. */
	if (EG(exception) == NULL || is_uncaught_error()) {
		phase = BETWEEN_REQUESTS;
	}
}

PHP_FUNCTION(frankenphp_handle_request)
{
	zend_fcall_info call;
	zend_fcall_info_cache cache;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_FUNC(call, cache)
	ZEND_PARSE_PARAMETERS_END();

	if (igor_thread.role != IGOR_ROLE_WORKER || phase != BETWEEN_REQUESTS) {
		zend_throw_exception(spl_ce_RuntimeException, igor_thread.role == IGOR_ROLE_SIDEKICK
			? "frankenphp_handle_request() cannot be called inside a sidekick: it serves no HTTP requests"
			: igor_thread.role != IGOR_ROLE_WORKER
			? "frankenphp_handle_request() called while not in worker mode"
			: phase == IN_REQUEST
			? "frankenphp_handle_request() called inside its own callback"
			: "frankenphp_handle_request() called after the worker script has ended", 0);
		RETURN_THROWS();
	}
	phase = IN_REQUEST;
	if (!announced_ready) {
		announced_ready = true;
		igor_host_worker_ready();
	}
	/* Waiting for a request does not count as the script's time. */
	if (EG(timeout_seconds) > 0) {
		zend_unset_timeout();
	}
	igor_worker_leave_request();
	/* Even at the end, the rest of the script needs a state to write to. */
	if (!igor_request_next()) {
		igor_clear_request_info();
		igor_worker_enter_request();
		phase = BETWEEN_REQUESTS;
		RETURN_FALSE;
	}
	igor_worker_enter_request();
	serve_request(&call, &cache);
	RETURN_TRUE;
}

int32_t igor_entry_worker(const char *script)
{
	bool ignore_user_abort = PG(ignore_user_abort);

	announced_ready = false;
	phase = BETWEEN_REQUESTS;
	serving = false;
	outer_shutdown_functions = NULL;
	igor_script_prepare(IGOR_ROLE_WORKER, script);
	SG(request_info).path_translated = (char *) script;
	if (igor_request_startup()) {
		/* As in FrankenPHP: a client that goes away must not end the script for all others. */
		ignore_user_abort = PG(ignore_user_abort);
		PG(ignore_user_abort) = true;
		igor_script_execute(script, false);
		/* A request that is still open remains current: what runs now runs inside it. */
		if (phase == BETWEEN_REQUESTS) {
			phase = SCRIPT_OVER;
		}
		if (serving) {
			/* The script ended inside the handler, by a bailout: what the boot phase registered is not for the client. */
			serving = false;
			igor_response_mark_failure();
			zend_try {
				restore_shutdown_functions();
				php_output_end_all();
			} zend_end_try();
			igor_worker_end_request();
		}
	}
	php_request_shutdown(NULL);
	PG(ignore_user_abort) = ignore_user_abort;
	igor_response_end();
	igor_script_finish();
	return EG(exit_status);
}
