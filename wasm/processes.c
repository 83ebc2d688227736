/* The functions that run programs. Without permission they do not exist, as if php.ini's disable_functions named them. */
#include "processes.h"
#include "proc_open.h"

/* What runs programs, and its replacements where that is allowed. PHP's own would wait forever for a spawn handler. */
static const struct {
	const char *name;
	zif_handler handler;
} running[] = {
	{"exec", ZEND_FN(igor_exec)},
	{"system", ZEND_FN(igor_system)},
	{"passthru", ZEND_FN(igor_passthru)},
	{"shell_exec", ZEND_FN(igor_shell_exec)},
	{"popen", ZEND_FN(igor_popen)},
	{"pclose", ZEND_FN(igor_pclose)},
	{"proc_open", ZEND_FN(igor_proc_open)},
	{"proc_close", ZEND_FN(igor_proc_close)},
	{"proc_get_status", ZEND_FN(igor_proc_get_status)},
	{"proc_terminate", ZEND_FN(igor_proc_terminate)},
};

static void forget(const char *name)
{
	zend_hash_str_del(CG(function_table), name, strlen(name));
}

/* The compiler uses it for scripts: it must be right from the start. */
static void set_php_binary(void)
{
	char path[MAXPATHLEN];
	uint32_t length = igor_host_process_php(path, sizeof(path));
	zend_constant *constant = zend_hash_str_find_ptr(EG(zend_constants), "PHP_BINARY", sizeof("PHP_BINARY") - 1);

	if (length > 0 && constant != NULL) {
		ZVAL_INTERNED_STR(&constant->value, zend_string_init_interned(path, length, true));
	}
}

/* From MINIT, before php.ini's disable_functions is applied. */
void igor_processes_install(int module_number)
{
	bool allowed = igor_host_processes_allowed() != 0;

	/* It would change the priority of the server. */
	forget("proc_nice");
	for (size_t i = 0; i < sizeof(running) / sizeof(*running); i++) {
		if (allowed) {
			igor_replace_function(running[i].name, running[i].handler);
		} else {
			forget(running[i].name);
		}
	}
	if (allowed) {
		igor_popen_startup();
		igor_proc_resource_startup(module_number);
	}
	set_php_binary();
}
