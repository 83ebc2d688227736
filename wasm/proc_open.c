/* proc_open() and its relatives, by programs of the host. */
#include "processes.h"
#include "ext/standard/file.h"
#include <fcntl.h>
#include <unistd.h>

/* The resource. */
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

/* What proc_open() puts together; all of it is freed when it returns. */
typedef struct {
	igor_child_descriptor *descriptors;
	int *to_close; /* descriptors of PHP that only the child needs, or -1 */
	uint32_t count;
} descriptor_list;

/* Of a descriptor in the child. */
#define LARGEST_NUMBER 255

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

/* ---------------------------------------------------------------- proc_open(): its descriptors */

/* An element of a specification as a new string; NULL with an exception. */
static zend_string *string_element(const HashTable *specification, zend_ulong index, const char *what)
{
	zval *element = zend_hash_index_find(specification, index);

	if (element == NULL) {
		zend_value_error("Missing %s", what);
		return NULL;
	}
	return zval_try_get_string(element);
}

static bool add_pipe(igor_child_descriptor *descriptor, const HashTable *specification)
{
	zend_string *mode = string_element(specification, 1, "mode parameter for 'pipe'");

	if (mode == NULL) {
		return false;
	}
	descriptor->what = ZSTR_VAL(mode)[0] == 'w' ? IGOR_PIPE_WRITE : IGOR_PIPE_READ;
	zend_string_release(mode);
	return true;
}

static bool add_file(igor_child_descriptor *descriptor, int *to_close, const HashTable *specification)
{
	zend_string *name = string_element(specification, 1, "file name parameter for 'file'");
	zend_string *mode = name == NULL ? NULL : string_element(specification, 2, "mode parameter for 'file'");
	php_stream *stream = NULL;
	int fd = -1;

	if (mode != NULL) {
		stream = php_stream_open_wrapper(ZSTR_VAL(name), ZSTR_VAL(mode), REPORT_ERRORS | STREAM_WILL_CAST, NULL);
		zend_string_release(mode);
	}
	if (name != NULL) {
		zend_string_release(name);
	}
	if (stream == NULL || php_stream_cast(stream, PHP_STREAM_CAST_RELEASE | PHP_STREAM_AS_FD, (void **) &fd,
			REPORT_ERRORS) == FAILURE) {
		return false;
	}
	descriptor->what = IGOR_DESCRIPTOR;
	descriptor->value = fd;
	*to_close = fd;
	return true;
}

static bool add_redirection(const descriptor_list *list, igor_child_descriptor *descriptor, HashTable *specification)
{
	zval *target = zend_hash_index_find_deref(specification, 1);
	bool known = false;

	if (target == NULL) {
		zend_value_error("Missing redirection target");
		return false;
	}
	if (Z_TYPE_P(target) != IS_LONG) {
		zend_value_error("Redirection target must be of type int, %s given", zend_zval_type_name(target));
		return false;
	}
	for (uint32_t i = 0; i < list->count; i++) {
		known = known || list->descriptors[i].number == Z_LVAL_P(target);
	}
	if (!known && (Z_LVAL_P(target) < 0 || Z_LVAL_P(target) > 2)) {
		php_error_docref(NULL, E_WARNING, "Redirection target " ZEND_LONG_FMT " not found", Z_LVAL_P(target));
		return false;
	}
	descriptor->what = IGOR_SAME;
	descriptor->value = (int32_t) Z_LVAL_P(target);
	return true;
}

static bool add_from_array(const descriptor_list *list, igor_child_descriptor *descriptor, int *to_close,
	HashTable *specification)
{
	zend_string *kind = string_element(specification, 0, "handle qualifier");
	bool added = false;

	if (kind == NULL) {
		return false;
	}
	if (zend_string_equals_literal(kind, "pipe")) {
		added = add_pipe(descriptor, specification);
	} else if (zend_string_equals_literal(kind, "socket")) {
		descriptor->what = IGOR_PIPE_BOTH;
		added = true;
	} else if (zend_string_equals_literal(kind, "file")) {
		added = add_file(descriptor, to_close, specification);
	} else if (zend_string_equals_literal(kind, "redirect")) {
		added = add_redirection(list, descriptor, specification);
	} else if (zend_string_equals_literal(kind, "null")) {
		descriptor->what = IGOR_NULL;
		added = true;
	} else if (zend_string_equals_literal(kind, "pty")) {
		php_error_docref(NULL, E_WARNING, "PTY (pseudoterminal) not supported on this system");
	} else {
		php_error_docref(NULL, E_WARNING, "%s is not a valid descriptor spec/mode", ZSTR_VAL(kind));
	}
	zend_string_release(kind);
	return added;
}

static bool add_stream(igor_child_descriptor *descriptor, zval *resource)
{
	php_stream *stream = zend_fetch_resource2(Z_RES_P(resource), "stream", php_file_le_stream(), php_file_le_pstream());
	int fd = -1;

	if (stream == NULL || php_stream_cast(stream, PHP_STREAM_AS_FD, (void **) &fd, REPORT_ERRORS) == FAILURE) {
		return false;
	}
	descriptor->what = IGOR_DESCRIPTOR;
	descriptor->value = fd;
	return true;
}

/* False with a warning or an exception. */
static bool read_descriptors(descriptor_list *list, HashTable *specifications)
{
	zend_ulong number;
	zend_string *name;
	zval *element;

	ZEND_HASH_FOREACH_KEY_VAL(specifications, number, name, element) {
		igor_child_descriptor *descriptor = &list->descriptors[list->count];
		int *to_close = &list->to_close[list->count];
		bool added;

		if (name != NULL) {
			zend_argument_value_error(2, "must be an integer indexed array");
			return false;
		}
		if (number > LARGEST_NUMBER) {
			php_error_docref(NULL, E_WARNING, "Descriptor " ZEND_LONG_FMT " is out of range", (zend_long) number);
			return false;
		}
		descriptor->number = (int32_t) number;
		descriptor->end = -1;
		*to_close = -1;
		ZVAL_DEREF(element);
		if (Z_TYPE_P(element) == IS_RESOURCE) {
			added = add_stream(descriptor, element);
		} else if (Z_TYPE_P(element) == IS_ARRAY) {
			/* A __toString() in it may change the variable itself. */
			zval held;

			ZVAL_COPY(&held, element);
			added = add_from_array(list, descriptor, to_close, Z_ARRVAL(held));
			zval_ptr_dtor(&held);
		} else {
			zend_argument_value_error(2, "must only contain arrays and streams");
			return false;
		}
		list->count++;
		if (!added) {
			return false;
		}
	} ZEND_HASH_FOREACH_END();
	return true;
}

/* ---------------------------------------------------------------- proc_open(): the rest */

static void free_arguments(zend_string **arguments, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		zend_string_release(arguments[i]);
	}
	efree(arguments);
}

/* The arguments as strings; NULL with an exception. */
static zend_string **read_arguments(HashTable *command)
{
	zend_string **arguments = safe_emalloc(zend_hash_num_elements(command), sizeof(zend_string *), 0);
	uint32_t count = 0;
	zval *element;

	ZEND_HASH_FOREACH_VAL(command, element) {
		zend_string *argument = zval_try_get_string(element);

		if (argument == NULL) {
			free_arguments(arguments, count);
			return NULL;
		}
		arguments[count++] = argument;
		if (count == 1 && ZSTR_LEN(argument) == 0) {
			zend_value_error("First element must contain a non-empty program name");
		} else if (strlen(ZSTR_VAL(argument)) != ZSTR_LEN(argument)) {
			zend_value_error("Command array element %d contains a null byte", (int) count);
		} else {
			continue;
		}
		free_arguments(arguments, count);
		return NULL;
	} ZEND_HASH_FOREACH_END();
	return arguments;
}

static void close_ends(const descriptor_list *list)
{
	for (uint32_t i = 0; i < list->count; i++) {
		if (list->descriptors[i].end >= 0) {
			close(list->descriptors[i].end);
		}
	}
}

/* Fills $pipes, and gives the process its resource. */
static void make_resource(const descriptor_list *list, int32_t id, zend_string *command, zval *pipes, zval *return_value)
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
	RETVAL_RES(zend_register_resource(process, process_type));
}

ZEND_FUNCTION(igor_proc_open)
{
	HashTable *command_list;
	zend_string *command;
	HashTable *specifications;
	zval *pipes;
	char *folder = NULL;
	size_t folder_length;
	HashTable *environment = NULL;
	HashTable *options = NULL;
	zend_string **arguments = NULL;
	descriptor_list list = {0};
	igor_program program = {0};
	int32_t id = -1;

	ZEND_PARSE_PARAMETERS_START(3, 6)
		Z_PARAM_ARRAY_HT_OR_STR(command_list, command)
		Z_PARAM_ARRAY_HT(specifications)
		Z_PARAM_ZVAL(pipes)
		Z_PARAM_OPTIONAL
		Z_PARAM_PATH_OR_NULL(folder, folder_length)
		Z_PARAM_ARRAY_HT_OR_NULL(environment)
		Z_PARAM_ARRAY_HT_OR_NULL(options)
	ZEND_PARSE_PARAMETERS_END();
	(void) options; /* they are for Windows */
	if (command_list != NULL) {
		if (zend_hash_num_elements(command_list) == 0) {
#if PHP_VERSION_ID >= 80400
			zend_argument_must_not_be_empty_error(1);
#else
			zend_argument_value_error(1, "must have at least one element");
#endif
			RETURN_THROWS();
		}
		program.argument_count = zend_hash_num_elements(command_list);
		arguments = read_arguments(command_list);
		if (arguments == NULL) {
			RETURN_THROWS();
		}
		program.arguments = arguments;
		command = arguments[0];
	} else {
		program.command_line = command;
	}
	RETVAL_FALSE;
	list.descriptors = ecalloc(zend_hash_num_elements(specifications) + 1, sizeof(igor_child_descriptor));
	list.to_close = ecalloc(zend_hash_num_elements(specifications) + 1, sizeof(int));
	if (read_descriptors(&list, specifications) && !EG(exception)) {
		program.folder = folder;
		program.environment = environment;
		program.descriptors = list.descriptors;
		program.descriptor_count = list.count;
		id = igor_process_start(&program);
		if (id < 0) {
			igor_process_warn();
		}
	}
	for (uint32_t i = 0; i < list.count; i++) {
		if (list.to_close[i] >= 0) {
			close(list.to_close[i]);
		}
	}
	if (id >= 0) {
		pipes = zend_try_array_init(pipes);
		if (pipes == NULL) {
			close_ends(&list);
			igor_host_process_forget(id);
		} else {
			make_resource(&list, id, command, pipes, return_value);
		}
	}
	efree(list.descriptors);
	efree(list.to_close);
	if (arguments != NULL) {
		free_arguments(arguments, program.argument_count);
	}
}

void igor_proc_open_startup(int module_number)
{
	process_type = zend_register_list_destructors_ex(free_process, NULL, "process", module_number);
}
