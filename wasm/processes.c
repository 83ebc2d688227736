/*
 * The functions that run programs. Without permission they do not exist, as if php.ini's disable_functions named them;
 * mail() and its relatives stay, and say why they fail.
 */
#include "igor.h"
#include <stdio.h>

static const char *const running_programs[] = {
	"exec", "shell_exec", "system", "passthru", "popen", "pclose",
	"proc_open", "proc_close", "proc_get_status", "proc_terminate",
};

/* What hands a message to the program of sendmail_path. */
static struct {
	const char *name;
	zif_handler original;
} mailing[] = {{"mail", NULL}, {"mb_send_mail", NULL}, {"error_log", NULL}};

static zend_internal_function *find(const char *name)
{
	zend_function *function = zend_hash_str_find_ptr(CG(function_table), name, strlen(name));

	return function != NULL && function->type == ZEND_INTERNAL_FUNCTION ? &function->internal_function : NULL;
}

static void forget(const char *name)
{
	zend_hash_str_del(CG(function_table), name, strlen(name));
}

/* Where a FILE of musl has the one that was opened before it. */
#define PREVIOUS_AT 56

static FILE *opened_before(FILE *file)
{
	return *(FILE **) ((char *) file + PREVIOUS_AT);
}

/*
 * Closes the stream of a descriptor that popen() has made. In php.wasm the pclose() of mail() was compiled to its failure:
 * it closes nothing, and has forgotten the stream. libc has it in its list.
 */
static void close_forgotten_stream(int fd)
{
	FILE *first = fopen("/dev/null", "r");
	FILE *second = fopen("/dev/null", "r");

	if (first != NULL && second != NULL && opened_before(second) == first) {
		FILE *file = opened_before(first);

		while (file != NULL && fileno(file) != fd) {
			file = opened_before(file);
		}
		if (file != NULL) {
			fclose(file);
		}
	}
	if (second != NULL) {
		fclose(second);
	}
	if (first != NULL) {
		fclose(first);
	}
}

/* PHP's own warning, if any, does not know why the program could not be started. */
static void say_why(INTERNAL_FUNCTION_PARAMETERS, zif_handler original)
{
	char why[1024];
	uint32_t length;
	int32_t fd;

	igor_host_process_refusal(why, sizeof(why));
	original(INTERNAL_FUNCTION_PARAM_PASSTHRU);
	fd = igor_host_process_unclosed();
	if (fd >= 0) {
		close_forgotten_stream(fd);
	}
	length = igor_host_process_refusal(why, sizeof(why));
	if (length > 0 && !EG(exception)) {
		php_error_docref(NULL, E_WARNING, "%.*s", (int) length, why);
	}
}

static ZEND_FUNCTION(igor_mail)
{
	say_why(INTERNAL_FUNCTION_PARAM_PASSTHRU, mailing[0].original);
}

static ZEND_FUNCTION(igor_mb_send_mail)
{
	say_why(INTERNAL_FUNCTION_PARAM_PASSTHRU, mailing[1].original);
}

static ZEND_FUNCTION(igor_error_log)
{
	say_why(INTERNAL_FUNCTION_PARAM_PASSTHRU, mailing[2].original);
}

/* From MINIT, before php.ini's disable_functions is looked at. */
void igor_processes_install(void)
{
	static const zif_handler explaining[] = {ZEND_FN(igor_mail), ZEND_FN(igor_mb_send_mail), ZEND_FN(igor_error_log)};

	for (size_t i = 0; i < sizeof(mailing) / sizeof(*mailing); i++) {
		zend_internal_function *function = find(mailing[i].name);

		if (function != NULL) {
			mailing[i].original = function->handler;
			function->handler = explaining[i];
		}
	}
	/* It would change the priority of the server. */
	forget("proc_nice");
	if (!igor_host_processes_allowed()) {
		for (size_t i = 0; i < sizeof(running_programs) / sizeof(*running_programs); i++) {
			forget(running_programs[i]);
		}
	}
}
