/*
 * umask() and link(), which PHP's libc here handles by itself, without the host. The functions keep PHP's signatures and
 * warnings; only their handlers are replaced.
 */
#include "igor.h"
#include "ext/standard/basic_functions.h"

/* The C library's initial umask. */
#define INITIAL_UMASK 022

static zend_internal_function library_umask;
static zend_long current_umask;
static zend_long worker_umask;

/* The C library's is kept the same: move_uploaded_file() asks it. */
static void set_umask(zend_long mask)
{
	zval argument;
	zval result;

	current_umask = mask;
	igor_host_umask((int32_t) mask);
	ZVAL_LONG(&argument, mask);
	zend_call_known_function((zend_function *) &library_umask, NULL, NULL, &result, 1, &argument, NULL);
	/* PHP would restore the library's initial one. */
	BG(umask) = -1;
}

static ZEND_FUNCTION(igor_umask)
{
	zend_long mask = 0;
	bool is_null = true;
	zend_long previous = current_umask;

	ZEND_PARSE_PARAMETERS_START(0, 1)
		Z_PARAM_OPTIONAL
		Z_PARAM_LONG_OR_NULL(mask, is_null)
	ZEND_PARSE_PARAMETERS_END();
	if (!is_null) {
		set_umask(mask & 0777);
	}
	RETURN_LONG(previous);
}

static ZEND_FUNCTION(igor_link)
{
	char *target;
	char *link;
	size_t target_length;
	size_t link_length;
	char target_path[MAXPATHLEN];
	char link_path[MAXPATHLEN];
	int32_t error;

	ZEND_PARSE_PARAMETERS_START(2, 2)
		Z_PARAM_PATH(target, target_length)
		Z_PARAM_PATH(link, link_length)
	ZEND_PARSE_PARAMETERS_END();
	if (!expand_filepath(link, link_path) || !expand_filepath(target, target_path)) {
		php_error_docref(NULL, E_WARNING, "No such file or directory");
		RETURN_FALSE;
	}
	if (php_stream_locate_url_wrapper(link_path, NULL, STREAM_LOCATE_WRAPPERS_ONLY)
		|| php_stream_locate_url_wrapper(target_path, NULL, STREAM_LOCATE_WRAPPERS_ONLY)) {
		php_error_docref(NULL, E_WARNING, "Unable to link to a URL");
		RETURN_FALSE;
	}
	if (php_check_open_basedir(target_path) || php_check_open_basedir(link_path)) {
		RETURN_FALSE;
	}
	error = igor_host_link(target, link);
	if (error != 0) {
		php_error_docref(NULL, E_WARNING, "%s", strerror(error));
		RETURN_FALSE;
	}
	RETURN_TRUE;
}

static void replace(const char *name, zif_handler handler)
{
	zend_function *function = zend_hash_str_find_ptr(CG(function_table), name, strlen(name));

	if (function != NULL && function->type == ZEND_INTERNAL_FUNCTION) {
		function->internal_function.handler = handler;
	}
}

/* From MINIT: the function table is this process's own and shared by all its requests. */
void igor_files_install(void)
{
	zend_function *function = zend_hash_str_find_ptr(CG(function_table), "umask", sizeof("umask") - 1);

	library_umask = function->internal_function;
	current_umask = INITIAL_UMASK;
	replace("umask", ZEND_FN(igor_umask));
	replace("link", ZEND_FN(igor_link));
}

/* A request begins with the server's umask; one of a worker, with what its script has set before its loop. */
void igor_files_begin_script(void)
{
	zend_long mask = igor_host_server_umask();

	if (current_umask != mask) {
		set_umask(mask);
	}
}

void igor_files_begin_worker_request(void)
{
	worker_umask = current_umask;
}

void igor_files_end_worker_request(void)
{
	if (current_umask != worker_umask) {
		set_umask(worker_umask);
	}
}
