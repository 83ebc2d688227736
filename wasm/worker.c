#include "worker.h"
#include "request.h"
#include "response.h"
#include "functions_arginfo.h"
#include "ext/standard/basic_functions.h"

static bool announced_ready;

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

static void serve_request(zend_fcall_info *call, zend_fcall_info_cache *cache)
{
	zend_object *exit_marker;

	outer_shutdown_functions = BG(user_shutdown_function_names);
	BG(user_shutdown_function_names) = NULL;
	serving = true;
	if (EG(exception) == NULL) {
		call_handler(call, cache);
	}
	if (is_uncaught_error()) {
		fail_request();
	}
	/* exit() unwinds the script by a pseudo exception: set aside, or no callback could run any more. */
	exit_marker = EG(exception);
	EG(exception) = NULL;
	restore_shutdown_functions();
	serving = false;
	php_output_end_all();
	if (is_uncaught_error()) {
		fail_request();
	}
	/* exit() in a shutdown function or an output callback: the same marker again. */
	if (EG(exception) != NULL) {
		if (exit_marker != NULL) {
			OBJ_RELEASE(exit_marker);
		}
		exit_marker = EG(exception);
		EG(exception) = NULL;
	}
	/* A fatal error in a shutdown function or an output callback was caught on its way, but the script is lost. */
	if (CG(unclean_shutdown)) {
		EG(exception) = exit_marker;
		zend_bailout();
	}
	/* Sessions are written here: that is code, too, and would not run while the marker is pending. */
	igor_worker_end_request();
	if (EG(exception) == NULL) {
		EG(exception) = exit_marker;
	} else if (exit_marker != NULL) {
		OBJ_RELEASE(exit_marker);
	}
}

PHP_FUNCTION(frankenphp_handle_request)
{
	zend_fcall_info call;
	zend_fcall_info_cache cache;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_FUNC(call, cache)
	ZEND_PARSE_PARAMETERS_END();

	if (igor_thread.role != IGOR_ROLE_WORKER || igor_current_request.open) {
		zend_throw_exception(spl_ce_RuntimeException, igor_thread.role == IGOR_ROLE_SIDEKICK
			? "frankenphp_handle_request() cannot be called inside a sidekick: it serves no HTTP requests"
			: igor_thread.role == IGOR_ROLE_WORKER
			? "frankenphp_handle_request() called inside its own callback"
			: "frankenphp_handle_request() called while not in worker mode", 0);
		RETURN_THROWS();
	}
	if (!announced_ready) {
		announced_ready = true;
		igor_host_worker_ready();
	}
	/* Waiting for a request is not the script's time. */
	if (EG(timeout_seconds) > 0) {
		zend_unset_timeout();
	}
	igor_worker_leave_request();
	/* At the end, too, what is left of the script needs a state to write to. */
	if (!igor_request_next()) {
		igor_clear_request_info();
		igor_worker_enter_request();
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
	serving = false;
	outer_shutdown_functions = NULL;
	igor_script_prepare(IGOR_ROLE_WORKER, script);
	SG(request_info).path_translated = (char *) script;
	if (igor_request_startup()) {
		/* As in FrankenPHP: a client that leaves must not end the script of all the others. */
		ignore_user_abort = PG(ignore_user_abort);
		PG(ignore_user_abort) = true;
		igor_script_execute(script, false);
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
