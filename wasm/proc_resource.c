/* The resource of proc_open(), and the functions that take it. */
#include "proc_open.h"

typedef struct {
	int32_t process;
	zend_string *command;
	zend_resource **pipes; /* each holds a reference */
	uint32_t pipe_count;
	bool is_reaped;        /* proc_get_status() has told its end: it is gone */
	bool has_status;       /* since PHP 8.3: it exited, and this is remembered */
	int32_t status;
	int32_t close_status;  /* what proc_close() returns */
} igor_process;

static int process_type;
static bool closing; /* proc_close() is running: it waits */

static int32_t wait_status(igor_process *process, bool waits, int32_t *status)
{
	int32_t result;

	if (process->has_status) {
		*status = process->status;
		return 1;
	}
	if (process->is_reaped) {
		return -1;
	}
	result = waits ? igor_host_process_wait(process->process, status) + 1 : igor_host_process_poll(process->process, status);
	if (result <= 0) {
		return waits ? -1 : result;
	}
	process->is_reaped = true;
#if PHP_VERSION_ID >= 80300
	if (IGOR_EXITED(*status)) {
		process->has_status = true;
		process->status = *status;
	}
#endif
	return 1;
}

static void free_process(zend_resource *resource)
{
	igor_process *process = resource->ptr;
	int32_t status;

	/* Otherwise a program that waits for the end of its input would never end. */
	for (uint32_t i = 0; i < process->pipe_count; i++) {
		if (process->pipes[i] != NULL) {
			GC_DELREF(process->pipes[i]);
			zend_list_close(process->pipes[i]);
		}
	}
	process->close_status = -1;
	if (wait_status(process, closing, &status) == 1) {
		process->close_status = IGOR_EXITED(status) ? IGOR_EXIT_STATUS(status) : status;
	}
	igor_host_process_forget(process->process);
	zend_string_release(process->command);
	efree(process->pipes);
	if (!closing) {
		efree(process);
	}
}

static igor_process *fetch(zval *resource)
{
	return zend_fetch_resource(Z_RES_P(resource), "process", process_type);
}

ZEND_FUNCTION(igor_proc_close)
{
	zval *resource;
	igor_process *process;
	bool was_closing = closing;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_RESOURCE(resource)
	ZEND_PARSE_PARAMETERS_END();
	process = fetch(resource);
	if (process == NULL) {
		RETURN_THROWS();
	}
	closing = true;
	zend_list_close(Z_RES_P(resource));
	closing = was_closing;
	RETVAL_LONG(process->close_status);
	efree(process);
}

ZEND_FUNCTION(igor_proc_terminate)
{
	zval *resource;
	igor_process *process;
	zend_long signal = 15;

	ZEND_PARSE_PARAMETERS_START(1, 2)
		Z_PARAM_RESOURCE(resource)
		Z_PARAM_OPTIONAL
		Z_PARAM_LONG(signal)
	ZEND_PARSE_PARAMETERS_END();
	process = fetch(resource);
	if (process == NULL) {
		RETURN_THROWS();
	}
	if (process->is_reaped || signal < 0 || signal > 64) {
		RETURN_FALSE;
	}
	RETURN_BOOL(igor_host_process_signal(process->process, (int32_t) signal) == 0);
}

ZEND_FUNCTION(igor_proc_get_status)
{
	zval *resource;
	igor_process *process;
	int32_t status = 0;
	int32_t known;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_RESOURCE(resource)
	ZEND_PARSE_PARAMETERS_END();
	process = fetch(resource);
	if (process == NULL) {
		RETURN_THROWS();
	}
	known = wait_status(process, false, &status);
	array_init(return_value);
	add_assoc_str(return_value, "command", zend_string_copy(process->command));
	add_assoc_long(return_value, "pid", process->process);
#if PHP_VERSION_ID >= 80300
	add_assoc_bool(return_value, "cached", process->has_status);
#endif
	add_assoc_bool(return_value, "running", known == 0);
	add_assoc_bool(return_value, "signaled", known == 1 && !IGOR_EXITED(status));
	add_assoc_bool(return_value, "stopped", false);
	add_assoc_long(return_value, "exitcode", known == 1 && IGOR_EXITED(status) ? IGOR_EXIT_STATUS(status) : -1);
	add_assoc_long(return_value, "termsig", known == 1 && !IGOR_EXITED(status) ? IGOR_SIGNAL(status) : 0);
	add_assoc_long(return_value, "stopsig", 0);
}

zend_resource *igor_proc_resource(const igor_proc_descriptors *list, int32_t id, zend_string *command, zval *pipes)
{
	static const char *const modes[] = {"w", "r", "r+"}; /* of PHP's ends */
	igor_process *process = ecalloc(1, sizeof(igor_process));

	process->process = id;
	process->command = zend_string_copy(command);
	process->pipes = ecalloc(list->count + 1, sizeof(zend_resource *));
	for (uint32_t i = 0; i < list->count; i++) {
		const igor_child_descriptor *descriptor = &list->descriptors[i];
		php_stream *stream;
		zval pipe;

		if (descriptor->end < 0) {
			continue;
		}
		stream = igor_process_stream(descriptor->end, modes[descriptor->what]);
		stream->flags |= PHP_STREAM_FLAG_NO_SEEK;
		php_stream_to_zval(stream, &pipe);
		zend_hash_index_update(Z_ARRVAL_P(pipes), descriptor->number, &pipe);
		process->pipes[process->pipe_count++] = Z_RES(pipe);
		Z_ADDREF(pipe);
	}
	return zend_register_resource(process, process_type);
}

void igor_proc_resource_startup(int module_number)
{
	process_type = zend_register_list_destructors_ex(free_process, NULL, "process", module_number);
}
