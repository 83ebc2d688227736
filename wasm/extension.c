#include "igor.h"
#include "environment.h"
#include "functions_arginfo.h"
#include "snapshot_cache.h"
#include "task_handles.h"
#include "worker_handle.h"

/* From MINIT and not in the module entry: that would warn about names that php.wasm already has. */
static zend_result register_functions(void)
{
	for (const zend_function_entry *entry = ext_functions; entry->fname != NULL; entry++) {
		zend_hash_str_del(CG(function_table), entry->fname, strlen(entry->fname));
	}
	return zend_register_functions(NULL, ext_functions, CG(function_table), MODULE_PERSISTENT);
}

static PHP_MINIT_FUNCTION(frankenphp)
{
	register_frankenphp_symbols(module_number);
	if (register_functions() == FAILURE) {
		return FAILURE;
	}
	igor_worker_handle_register(class_FrankenPHP_WorkerHandle_methods);
	igor_sent_task_register(class_FrankenPHP_SentTaskHandle_methods);
	igor_received_task_register(class_FrankenPHP_ReceivedTaskHandle_methods);
	igor_server_variables_startup();
	igor_sleep_install();
	igor_files_install();
	igor_mail_install();
	igor_processes_install(module_number);
	igor_host_names_install();
	igor_accept_install();
	igor_mysql_install();
	igor_sqlite_search_install();
	igor_fibers_install();
	igor_xdebug_install();
	if (igor_is_command_line()) {
		igor_thread.role = IGOR_ROLE_CLI;
		return SUCCESS;
	}
	igor_sapi_install();
	igor_environment_install();
	igor_host_register(IGOR_ENTRY_CLASSIC, (void *) igor_entry_classic);
	igor_host_register(IGOR_ENTRY_WORKER, (void *) igor_entry_worker);
	igor_host_register(IGOR_ENTRY_SIDEKICK, (void *) igor_entry_sidekick);
	igor_host_register(IGOR_ENTRY_BACKGROUND, (void *) igor_entry_background);
	igor_host_register(IGOR_ENTRY_REHEARSAL, (void *) igor_entry_rehearsal);
	igor_host_register(IGOR_ENTRY_OPCACHE, (void *) igor_entry_opcache);
	return SUCCESS;
}

static PHP_RINIT_FUNCTION(frankenphp)
{
	igor_host_begin_script();
	igor_files_begin_script();
	return SUCCESS;
}

/* Before resources are destroyed: a stream that is closed then says nothing about its task. */
static PHP_RSHUTDOWN_FUNCTION(frankenphp)
{
	igor_tasks_end(false);
	return SUCCESS;
}

/* Not RSHUTDOWN: after it, user code still writes sessions, closes streams and destroys objects. */
static ZEND_MODULE_POST_ZEND_DEACTIVATE_D(frankenphp)
{
	igor_tasks_end(false);
	igor_cache_end_request();
	igor_fibers_end_request();
	return SUCCESS;
}

zend_module_entry frankenphp_module_entry = {
	STANDARD_MODULE_HEADER,
	"frankenphp",
	NULL,
	PHP_MINIT(frankenphp),
	NULL,
	PHP_RINIT(frankenphp),
	PHP_RSHUTDOWN(frankenphp),
	NULL,
	"1.0.0",
	NO_MODULE_GLOBALS,
	ZEND_MODULE_POST_ZEND_DEACTIVATE_N(frankenphp),
	STANDARD_MODULE_PROPERTIES_EX,
};

ZEND_GET_MODULE(frankenphp)
