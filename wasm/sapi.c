#include "igor.h"
#include "request.h"
#include "response.h"
#include <unistd.h>

/* php.wasm exports no chdir(): this is the import that its own copy calls. */
extern int __syscall_chdir(intptr_t path);

/*
 * Where the output of PHP goes: to the response while a request is open, nowhere after frankenphp_finish_request(), and
 * to the host's log or stdout when there is no request (a worker before its loop, sidekicks).
 */
static size_t ub_write(const char *bytes, size_t length)
{
	if (igor_current_request.open) {
		if (!igor_response_write(bytes, length)) {
			php_handle_aborted_connection();
		}
	} else if (SG(server_context) == NULL) {
		igor_host_output(1, bytes, (uint32_t) length);
	}
	return length;
}

static void flush(void *server_context)
{
	if (!igor_current_request.open) {
		return;
	}
	sapi_send_headers();
	if (!igor_response_flush()) {
		php_handle_aborted_connection();
	}
}

static int send_headers(sapi_headers_struct *headers)
{
	int status = headers->http_response_code;

	igor_response_set_head(status > 0 ? status : 200, headers);
	return SAPI_HEADER_SENT_SUCCESSFULLY;
}

static zend_result request_time(double *time)
{
	if (SG(server_context) == NULL) {
		return FAILURE;
	}
	*time = igor_current_request.time;
	return SUCCESS;
}

/* LOG_ERR and worse are errors, LOG_WARNING is 4; what error_log() writes comes as LOG_NOTICE. */
static void log_message(const char *message, int syslog_type)
{
	int32_t level = syslog_type <= 3 ? 8 : syslog_type == 4 ? 4 : 0;

	message = igor_xdebug_with_port(message);
	igor_host_log(level, message, (uint32_t) strlen(message), NULL, 0);
}

/* Also run at the start of each role: php.wasm's own entry points may have restored their callbacks. */
void igor_sapi_install(void)
{
	static bool installed;

	if (!installed || !igor_xdebug_writes_first()) {
		sapi_module.ub_write = ub_write;
	}
	installed = true;
	sapi_module.flush = flush;
	sapi_module.send_headers = send_headers;
	sapi_module.send_header = NULL;
	sapi_module.read_post = igor_request_read_post;
	sapi_module.read_cookies = igor_request_read_cookies;
	sapi_module.register_server_variables = igor_register_server_variables;
	sapi_module.log_message = log_message;
	sapi_module.get_request_time = request_time;
	sapi_module.phpinfo_as_text = 0;
	/* Changing the directory is expensive on this file system: see igor_chdir_to_script(). */
	SG(options) |= SAPI_OPTION_NO_CHDIR;
}

/* A chdir() costs a path walk in the host, a getcwd() only a copy: most requests are already in the right folder. */
void igor_chdir_to_script(const char *script)
{
	char wanted[MAXPATHLEN];
	char current[MAXPATHLEN];
	const char *slash = strrchr(script, '/');
	size_t length = slash == script ? 1 : (size_t) (slash - script);

	if (slash == NULL || length >= sizeof(wanted)) {
		return;
	}
	memcpy(wanted, script, length);
	wanted[length] = '\0';
	if (getcwd(current, sizeof(current)) == NULL || strcmp(current, wanted) != 0) {
		__syscall_chdir((intptr_t) wanted);
	}
}

void igor_clear_request_info(void)
{
	/* Nothing here is owned: sapi_deactivate() has freed what PHP itself allocated. */
	memset(&SG(request_info), 0, sizeof(SG(request_info)));
	SG(server_context) = NULL;
	SG(sapi_headers).http_response_code = 200;
}

void igor_throw_host_error(void)
{
	char message[4096];
	uint32_t length = igor_host_error(message, sizeof(message) - 1);

	message[length < sizeof(message) ? length : sizeof(message) - 1] = '\0';
	zend_throw_exception(spl_ce_RuntimeException, length ? message : "The sidekick registry gave no reason", 0);
}
