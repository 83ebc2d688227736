/* exec(), system(), passthru(), shell_exec() and popen(), by programs of the host. */
#include "processes.h"
#include "ext/standard/exec.h"
#include <fcntl.h>

#define BLOCK 8192

/* The status of the last pclose(); -1 = none. */
static int popen_status;

static bool is_command(const zend_string *command)
{
	if (ZSTR_LEN(command) == 0) {
#if PHP_VERSION_ID >= 80400
		zend_argument_must_not_be_empty_error(1);
#else
		zend_argument_value_error(1, "cannot be empty");
#endif
		return false;
	}
	if (strlen(ZSTR_VAL(command)) != ZSTR_LEN(command)) {
		zend_argument_value_error(1, "must not contain any null bytes");
		return false;
	}
	return true;
}

/* Starts a command line with one pipe. Returns the process, or -1 after a warning. */
static int32_t start(zend_string *command, int32_t number, int32_t what, int32_t *end)
{
	igor_child_descriptor descriptor = {number, what, 0, -1};
	igor_program program = {.command_line = command, .descriptors = &descriptor, .descriptor_count = 1};
	int32_t process = igor_process_start(&program);

	if (process < 0) {
		igor_process_warn();
	}
	*end = descriptor.end;
	return process;
}

/* As PHP returns it: the exit status, or the number of the signal; -1 = unknown. */
static int finish(int32_t process)
{
	int32_t status;
	int result = igor_host_process_wait(process, &status) == 0 ? status : -1;

	igor_host_process_forget(process);
	if (result != -1 && IGOR_EXITED(result)) {
		return IGOR_EXIT_STATUS(result);
	}
	return result;
}

static size_t length_without_space(const char *line, size_t length)
{
	while (length > 0 && isspace((unsigned char) line[length - 1])) {
		length--;
	}
	return length;
}

typedef enum { LAST_LINE, LINES, PRINT_LINES, PRINT_BYTES } exec_mode;

/* One line of output, with its end. */
static void handle_line(exec_mode mode, zval *lines, const char *line, size_t length)
{
	if (mode == PRINT_LINES) {
		PHPWRITE(line, length);
		if (php_output_get_level() < 1) {
			sapi_flush();
		}
	} else if (mode == LINES) {
		add_next_index_stringl(lines, line, length_without_space(line, length));
	}
}

/* Reads all output; the last line, without trailing space, becomes the return value. */
static void read_lines(php_stream *stream, exec_mode mode, zval *lines, zval *return_value)
{
	zend_string *last = NULL;
	size_t length;
	char *line;

	while ((line = php_stream_get_line(stream, NULL, 0, &length)) != NULL) {
		handle_line(mode, lines, line, length);
		if (last != NULL) {
			zend_string_release(last);
		}
		last = zend_string_init(line, length_without_space(line, length), false);
		efree(line);
	}
	if (last != NULL) {
		RETVAL_STR(last);
	} else {
		RETVAL_EMPTY_STRING();
	}
}

static void print_bytes(php_stream *stream)
{
	char block[BLOCK];
	ssize_t length;

	while ((length = php_stream_read(stream, block, sizeof(block))) > 0) {
		PHPWRITE(block, length);
		if (php_output_get_level() < 1) {
			sapi_flush();
		}
	}
}

/* Returns the exit status, or -1 with the return value false. */
static int run(zend_string *command, exec_mode mode, zval *lines, zval *return_value)
{
	int32_t end;
	int32_t process = start(command, 1, IGOR_PIPE_WRITE, &end);
	php_stream *stream;

	if (process < 0) {
		RETVAL_FALSE;
		return -1;
	}
	stream = igor_process_stream(end, "rb");
	if (mode == PRINT_BYTES) {
		print_bytes(stream);
	} else {
		read_lines(stream, mode, lines, return_value);
	}
	php_stream_close(stream);
	return finish(process);
}

ZEND_FUNCTION(igor_exec)
{
	zend_string *command;
	zval *lines = NULL;
	zval *code = NULL;
	int status;

	ZEND_PARSE_PARAMETERS_START(1, 3)
		Z_PARAM_STR(command)
		Z_PARAM_OPTIONAL
		Z_PARAM_ZVAL(lines)
		Z_PARAM_ZVAL(code)
	ZEND_PARSE_PARAMETERS_END();
	if (!is_command(command)) {
		RETURN_THROWS();
	}
	if (lines == NULL) {
		status = run(command, LAST_LINE, NULL, return_value);
	} else {
		if (Z_TYPE_P(Z_REFVAL_P(lines)) == IS_ARRAY) {
			ZVAL_DEREF(lines);
			SEPARATE_ARRAY(lines);
		} else {
			lines = zend_try_array_init(lines);
			if (lines == NULL) {
				RETURN_THROWS();
			}
		}
		status = run(command, LINES, lines, return_value);
	}
	if (code != NULL) {
		ZEND_TRY_ASSIGN_REF_LONG(code, status);
	}
}

static void run_and_print(INTERNAL_FUNCTION_PARAMETERS, exec_mode mode)
{
	zend_string *command;
	zval *code = NULL;
	int status;

	ZEND_PARSE_PARAMETERS_START(1, 2)
		Z_PARAM_STR(command)
		Z_PARAM_OPTIONAL
		Z_PARAM_ZVAL(code)
	ZEND_PARSE_PARAMETERS_END();
	if (!is_command(command)) {
		RETURN_THROWS();
	}
	status = run(command, mode, NULL, return_value);
	if (code != NULL) {
		ZEND_TRY_ASSIGN_REF_LONG(code, status);
	}
}

ZEND_FUNCTION(igor_system)
{
	run_and_print(INTERNAL_FUNCTION_PARAM_PASSTHRU, PRINT_LINES);
}

ZEND_FUNCTION(igor_passthru)
{
	run_and_print(INTERNAL_FUNCTION_PARAM_PASSTHRU, PRINT_BYTES);
}

ZEND_FUNCTION(igor_shell_exec)
{
	zend_string *command;
	zend_string *output;
	php_stream *stream;
	int32_t end;
	int32_t process;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_STR(command)
	ZEND_PARSE_PARAMETERS_END();
	if (!is_command(command)) {
		RETURN_THROWS();
	}
	process = start(command, 1, IGOR_PIPE_WRITE, &end);
	if (process < 0) {
		RETURN_FALSE;
	}
	stream = igor_process_stream(end, "rb");
	output = php_stream_copy_to_mem(stream, PHP_STREAM_COPY_ALL, false);
	php_stream_close(stream);
	finish(process);
	if (output != NULL && ZSTR_LEN(output) > 0) {
		RETURN_STR(output);
	}
}

/* popen(): a plain file stream whose close waits for the process. */
static php_stream_ops popen_operations;
static HashTable popened; /* the process of each, by the address of the stream */

static int popen_close(php_stream *stream, int close_handle)
{
	zend_ulong key = (zend_ulong) (uintptr_t) stream;
	int32_t process = (int32_t) Z_LVAL_P(zend_hash_index_find(&popened, key));

	zend_hash_index_del(&popened, key);
	php_stream_stdio_ops.close(stream, close_handle);
	popen_status = finish(process);
	return 0;
}

static void remember(php_stream *stream, int32_t process)
{
	zval value;

	ZVAL_LONG(&value, process);
	zend_hash_index_update(&popened, (zend_ulong) (uintptr_t) stream, &value);
}

ZEND_FUNCTION(igor_popen)
{
	char *command;
	size_t command_length;
	char *mode;
	size_t mode_length;
	zend_string *line;
	php_stream *stream;
	bool reads;
	int32_t end;
	int32_t process;

	ZEND_PARSE_PARAMETERS_START(2, 2)
		Z_PARAM_PATH(command, command_length)
		Z_PARAM_STRING(mode, mode_length)
	ZEND_PARSE_PARAMETERS_END();
	/* Scripts written for Windows ask for binary pipes. */
	if (mode_length > 2 || (mode_length == 2 && mode[1] != 'b' && mode[1] != 'e') || mode_length == 0
			|| (mode[0] != 'r' && mode[0] != 'w')) {
		zend_argument_value_error(2, "must be one of \"r\", \"rb\", \"w\", or \"wb\"");
		RETURN_THROWS();
	}
	reads = mode[0] == 'r';
	line = zend_string_init(command, command_length, false);
	process = start(line, reads ? 1 : 0, reads ? IGOR_PIPE_WRITE : IGOR_PIPE_READ, &end);
	zend_string_release(line);
	if (process < 0) {
		RETURN_FALSE;
	}
	stream = igor_process_stream(end, reads ? "r" : "w");
	stream->ops = &popen_operations;
	stream->flags |= PHP_STREAM_FLAG_NO_SEEK;
	remember(stream, process);
	php_stream_to_zval(stream, return_value);
}

ZEND_FUNCTION(igor_pclose)
{
	zval *pipe;
	php_stream *stream;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_RESOURCE(pipe)
	ZEND_PARSE_PARAMETERS_END();
	php_stream_from_zval(stream, pipe);
	popen_status = -1;
	zend_list_close(stream->res);
	RETURN_LONG(popen_status);
}

void igor_exec_startup(void)
{
	popen_operations = php_stream_stdio_ops;
	popen_operations.close = popen_close;
	zend_hash_init(&popened, 8, NULL, NULL, true);
}
