/*
 * Xdebug takes a script for one request: in a worker it would ask the editor once, when the script starts. Here each
 * request of a worker is a debugging session of its own, as Xdebug has it on FrankenPHP from version 3.6 on.
 *
 * Xdebug's own functions for the start and the end of a request do it. They forget which lines have code, though, which
 * Xdebug notes when it compiles: these are told again.
 */
#include "igor.h"
#include "zend_extensions.h"

#define XDEBUG_MODE_STEP_DEBUG (1 << 2)

typedef int (*connect_function)(void *context, int mode);

static struct {
	int *modes; /* NULL = there is no Xdebug, or one that we do not know */
	void (*end_request)(void);
	void (*begin_request)(void);
	void (*name_program)(zend_string *name);
	void (*connect_if_asked)(void);
	void (*note_lines)(zend_op_array *code);
	/* The first field of Xdebug's table of functions for the protocol, and what was there. */
	connect_function *connect_field;
	connect_function connect;
	void (*log)(const char *message, int syslog_type); /* of the command line */
	bool connected; /* in this request */
	bool left; /* its request has ended, and no other has begun */
} debugger;

static int connect_to_editor(void *context, int mode)
{
	debugger.connected = true;
	return debugger.connect(context, mode);
}

/*
 * Behind OPcache, as Xdebug wants it: it then hears of each file that is loaded, and not only of those that are compiled.
 * OPcache is built in here, so it cannot come first in php.ini. No extension has started yet.
 */
static void start_last(const zend_extension *extension)
{
	zend_llist *all = &zend_extensions;
	zend_llist_element *element = all->head;

	while (element != NULL && (const zend_extension *) element->data != extension) {
		element = element->next;
	}
	if (element == NULL || element->next == NULL) {
		return;
	}
	element->next->prev = element->prev;
	*(element->prev ? &element->prev->next : &all->head) = element->next;
	element->prev = all->tail;
	element->next = NULL;
	all->tail->next = element;
	all->tail = element;
}

const char *igor_xdebug_with_port(const char *message)
{
	static const char behind[] = " (through xdebug.client_host/xdebug.client_port)";
	static char corrected[1024];
	const char *end = debugger.modes == NULL ? NULL : strstr(message, behind);
	const char *start = end;

	while (start != NULL && start > message && start[-1] >= '0' && start[-1] <= '9') {
		start--;
	}
	if (start == end || start == message || start[-1] != ':') {
		return message;
	}
	snprintf(corrected, sizeof(corrected), "%.*s%d%s", (int) (start - message), message,
		(int) zend_ini_long("xdebug.client_port", sizeof("xdebug.client_port") - 1, 0), end);
	return corrected;
}

static void log_with_port(const char *message, int syslog_type)
{
	debugger.log(igor_xdebug_with_port(message), syslog_type);
}

bool igor_xdebug_writes_first(void)
{
	return debugger.modes != NULL;
}

void igor_xdebug_install(void)
{
	zend_extension *xdebug = zend_get_extension("Xdebug");
	void *handle = xdebug == NULL ? NULL : xdebug->handle;

	if (handle == NULL) {
		return;
	}
	start_last(xdebug);
	debugger.end_request = (void (*)(void)) DL_FETCH_SYMBOL(handle, "xdebug_debugger_post_deactivate");
	debugger.begin_request = (void (*)(void)) DL_FETCH_SYMBOL(handle, "xdebug_debugger_rinit");
	debugger.name_program = (void (*)(zend_string *)) DL_FETCH_SYMBOL(handle, "xdebug_debugger_set_program_name");
	debugger.connect_if_asked = (void (*)(void)) DL_FETCH_SYMBOL(handle, "xdebug_debug_init_if_requested_at_startup");
	debugger.note_lines = (void (*)(zend_op_array *)) DL_FETCH_SYMBOL(handle, "xdebug_debugger_compile_file");
	debugger.connect_field = (connect_function *) DL_FETCH_SYMBOL(handle, "xdebug_handler_dbgp");
	if (debugger.end_request && debugger.begin_request && debugger.name_program && debugger.connect_if_asked &&
		debugger.note_lines && debugger.connect_field) {
		debugger.modes = (int *) DL_FETCH_SYMBOL(handle, "xdebug_global_mode");
	}
	if (igor_is_command_line()) {
		debugger.log = sapi_module.log_message;
		sapi_module.log_message = log_with_port;
	}
}

/* From the first script on: at the installation Xdebug has not started yet. */
static bool is_debugging(void)
{
	if (debugger.modes == NULL || !(*debugger.modes & XDEBUG_MODE_STEP_DEBUG)) {
		return false;
	}
	if (debugger.connect == NULL) {
		debugger.connect = *debugger.connect_field;
		*debugger.connect_field = connect_to_editor;
	}
	return true;
}

/* Its first call after the start of a request takes every function for one of that file. */
static void take_first_call(void)
{
	zend_op_array nothing;

	memset(&nothing, 0, sizeof(nothing));
	nothing.type = ZEND_USER_FUNCTION;
	nothing.filename = ZSTR_EMPTY_ALLOC();
	debugger.note_lines(&nothing);
}

static void note_functions(HashTable *functions)
{
	zend_function *function;

	ZEND_HASH_FOREACH_PTR(functions, function) {
		if (ZEND_USER_CODE(function->type) && function->op_array.filename != NULL) {
			debugger.note_lines(&function->op_array);
		}
	} ZEND_HASH_FOREACH_END();
}

static void note_all_lines(void)
{
	zend_class_entry *class;

	take_first_call();
	note_functions(CG(function_table));
	ZEND_HASH_FOREACH_PTR(CG(class_table), class) {
		if (class->type == ZEND_USER_CLASS) {
			note_functions(&class->function_table);
		}
	} ZEND_HASH_FOREACH_END();
}

void igor_xdebug_begin_script(void)
{
	debugger.connected = false;
	debugger.left = false;
	is_debugging();
}

void igor_xdebug_leave_worker_request(void)
{
	if (is_debugging() && debugger.connected) {
		debugger.connected = false;
		debugger.left = true;
		debugger.end_request();
	}
}

/* Needs the superglobals of the next request. */
void igor_xdebug_enter_worker_request(void)
{
	zend_string *script;

	if (!debugger.left) {
		return;
	}
	debugger.left = false;
	debugger.begin_request();
	script = zend_string_init(igor_thread.script, strlen(igor_thread.script), false);
	debugger.name_program(script);
	zend_string_release(script);
	note_all_lines();
}

void igor_xdebug_begin_worker_request(void)
{
	static const char *const triggers[] = {"_GET", "_POST", "_COOKIE", "_SERVER", "_ENV"};

	if (is_debugging()) {
		for (size_t i = 0; i < sizeof(triggers) / sizeof(triggers[0]); i++) {
			zend_is_auto_global_str(triggers[i], strlen(triggers[i]));
		}
		debugger.connect_if_asked();
	}
}
