/* exec(), system(), passthru() and shell_exec(), by programs of the host. */
#include "start_program.h"

#define BLOCK 8192

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
	int32_t process = igor_process_start_piped(command, 1, IGOR_PIPE_WRITE, &end);
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
	return igor_process_finish(process);
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
	process = igor_process_start_piped(command, 1, IGOR_PIPE_WRITE, &end);
	if (process < 0) {
		RETURN_FALSE;
	}
	stream = igor_process_stream(end, "rb");
	output = php_stream_copy_to_mem(stream, PHP_STREAM_COPY_ALL, false);
	php_stream_close(stream);
	igor_process_finish(process);
	if (output != NULL && ZSTR_LEN(output) > 0) {
		RETURN_STR(output);
	}
}
