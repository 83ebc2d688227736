/* What the C files share. The contract with the host is host_imports.h; everything here is internal. */
#ifndef IGOR_H
#define IGOR_H

#include "php.h"
#include "SAPI.h"
#include "php_ini.h"
#include "main/php_main.h"
#include "main/php_output.h"
#include "main/php_variables.h"
#include "ext/standard/head.h"
#include "ext/spl/spl_exceptions.h"
#include "zend_exceptions.h"
#include "host_imports.h"

/* The role of this thread. It has one at a time, and may get another after an entry has returned. */
typedef enum {
	IGOR_ROLE_NONE = -1,
	IGOR_ROLE_CLASSIC = IGOR_ENTRY_CLASSIC,
	IGOR_ROLE_WORKER = IGOR_ENTRY_WORKER,
	IGOR_ROLE_SIDEKICK = IGOR_ENTRY_SIDEKICK,
	IGOR_ROLE_CLI,
} igor_role;

/* The script of the roles worker and sidekick. Pointers belong to the host and outlive the entry. */
typedef struct {
	igor_role role;
	const char *script;
	const char *sidekick_name; /* or that of a background worker, which has the same role */
	bool is_background;
	uint32_t request_serial; /* counts php_request_startup() calls: tells what an earlier request can still hold */
} igor_thread_state;

/* thread_state.c */
extern igor_thread_state igor_thread;
bool igor_is_command_line(void);

/* extension.c */
extern zend_module_entry frankenphp_module_entry;
/* replace_function.c: gives a function of PHP another handler, and returns its own; NULL when there is no such function. From MINIT only. */
zif_handler igor_replace_function(const char *name, zif_handler handler);

/* sapi.c */
void igor_sapi_install(void);
void igor_chdir_to_script(const char *script);
void igor_clear_request_info(void);

/* script.c: roles that run one script to its end. */
void igor_script_prepare(igor_role role, const char *script);
bool igor_request_startup(void);
bool igor_script_execute(const char *script, bool skip_shebang);
void igor_script_finish(void);
/* The running script may take any time from now on. */
void igor_script_lift_limit(void);
int32_t igor_script_run_detached(const char *script, int argc, char **argv);

/* server_variables.c */
void igor_server_variables_startup(void);
void igor_register_server_variables(zval *array);

/* classic.c, worker.c, sidekick.c: the entry points */
int32_t igor_entry_classic(void);
int32_t igor_entry_worker(const char *script);
int32_t igor_entry_sidekick(const char *script, const char *name);
int32_t igor_entry_background(const char *script, const char *name);

/* rehearsal.c */
int32_t igor_entry_rehearsal(const char *folder);

/* opcache_segment.c */
int32_t igor_entry_opcache(struct igor_opcache_segment *out);

/* opcache.c: right after php_request_startup(), and at the start of a worker's request. */
void igor_opcache_begin_script(void);
void igor_opcache_begin_request(void);

/* xdebug.c: from MINIT; after the start of a script; around the requests of a worker. */
void igor_xdebug_install(void);
void igor_xdebug_begin_script(void);
void igor_xdebug_leave_worker_request(void);
void igor_xdebug_enter_worker_request(void);
/* The editor may end the script here. */
void igor_xdebug_begin_worker_request(void);
/* Whether Xdebug has put itself in front of what writes output, to show the editor a copy. */
bool igor_xdebug_writes_first(void);
/* Xdebug prints its port, 64 bits, as a number of 32, which is wrong here: the message with the right one. */
const char *igor_xdebug_with_port(const char *message);

/* sleep.c */
void igor_sleep_install(void);

/* files.c */
void igor_files_install(void);
void igor_files_begin_script(void);
void igor_files_begin_worker_request(void);
void igor_files_end_worker_request(void);

/* mail.c */
void igor_mail_install(void);

/* processes.c */
void igor_processes_install(int module_number);

/* host_names.c */
void igor_host_names_install(void);

/* accept.c */
void igor_accept_install(void);

/* mysql.c: has "localhost" with a socket lead to that socket. */
void igor_mysql_install(void);

/* sqlite_search.c: adds full-text search to SQLite. */
void igor_sqlite_search_install(void);

/* fibers.c */
void igor_fibers_install(void);
/* After the request: no Fiber object is left. */
void igor_fibers_end_request(void);

/* Throws RuntimeException with the sentence of igor_host_error(). */
void igor_throw_host_error(void);

#endif
