/* What the roles that run one script share. */
#include "igor.h"
#include "environment.h"
#include "request.h"

void igor_script_prepare(igor_role role, const char *script)
{
	igor_thread.role = role;
	igor_thread.script = script;
	igor_thread.sidekick_name = NULL;
	igor_thread.is_background = false;
	igor_current_request.open = false;
	igor_sapi_install();
	igor_clear_request_info();
	igor_environment_forget();
}

bool igor_request_startup(void)
{
	igor_thread.request_serial++;
	igor_environment_begin_script();
	/* Not the status of whatever this thread ran before, should PHP not even start. */
	EG(exit_status) = 255;
	if (php_request_startup() == FAILURE) {
		return false;
	}
	igor_opcache_begin_script();
	igor_xdebug_begin_script();
	EG(exit_status) = 0;
	igor_environment();
	return true;
}

bool igor_script_execute(const char *script, bool skip_shebang)
{
	zend_file_handle file;
	volatile bool completed = false;

	igor_chdir_to_script(script);
	zend_stream_init_filename(&file, script);
	file.primary_script = true;
	zend_first_try {
		CG(skip_shebang) = skip_shebang;
		completed = php_execute_script(&file);
	} zend_end_try();
	zend_destroy_file_handle(&file);
	return completed;
}

void igor_script_finish(void)
{
	igor_clear_request_info();
	igor_thread.role = IGOR_ROLE_NONE;
	igor_thread.script = NULL;
	igor_thread.sidekick_name = NULL;
	igor_thread.is_background = false;
}

/* For this request only: php_request_shutdown() restores php.ini's value. */
static void set_ini(const char *name, const char *value)
{
	zend_string *key = zend_string_init(name, strlen(name), false);

	zend_alter_ini_entry_chars(key, value, strlen(value), PHP_INI_SYSTEM, PHP_INI_STAGE_ACTIVATE);
	zend_string_release(key);
}

void igor_script_lift_limit(void)
{
	set_ini("max_execution_time", "0");
	zend_unset_timeout();
}

int32_t igor_script_run_detached(const char *script, int argc, char **argv)
{
	bool register_argc_argv = PG(register_argc_argv);

	SG(request_info).argc = argc;
	SG(request_info).argv = argv;
	SG(request_info).path_translated = (char *) script;
	/* No head is ever sent: header() is accepted and forgotten. */
	SG(request_info).no_headers = true;
	PG(register_argc_argv) = true;
	if (igor_request_startup()) {
		/* X-Powered-By, which nobody gets here. */
		zend_llist_clean(&SG(sapi_headers).headers);
		SG(headers_sent) = true;
		SG(request_info).no_headers = true;
		/* A background worker has it until its first tick. */
		if (!igor_thread.is_background) {
			igor_script_lift_limit();
		}
		set_ini("html_errors", "0");
		set_ini("display_errors", "0");
		set_ini("log_errors", "1");
		php_output_set_implicit_flush(true);
		igor_script_execute(script, true);
	}
	php_request_shutdown(NULL);
	PG(register_argc_argv) = register_argc_argv;
	/* Read last: shutdown functions and destructors may still call exit() or die. */
	return EG(exit_status);
}
