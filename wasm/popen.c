/* popen(): a plain file stream whose close waits for the process. */
#include "start_program.h"

/* The status of the last pclose(); -1 = none. */
static int popen_status;

static php_stream_ops popen_operations;
static HashTable popened; /* the process of each, by the address of the stream */

static int popen_close(php_stream *stream, int close_handle)
{
	zend_ulong key = (zend_ulong) (uintptr_t) stream;
	int32_t process = (int32_t) Z_LVAL_P(zend_hash_index_find(&popened, key));

	zend_hash_index_del(&popened, key);
	php_stream_stdio_ops.close(stream, close_handle);
	popen_status = igor_process_finish(process);
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
	process = igor_process_start_piped(line, reads ? 1 : 0, reads ? IGOR_PIPE_WRITE : IGOR_PIPE_READ, &end);
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

void igor_popen_startup(void)
{
	popen_operations = php_stream_stdio_ops;
	popen_operations.close = popen_close;
	zend_hash_init(&popened, 8, NULL, NULL, true);
}
