/* Starting a program of the host: the message that says what, and PHP's ends of the pipes. */
#include "environment.h"
#include "start_program.h"

/* A growing buffer. smart_str of newer headers uses functions that php.wasm lacks. */
typedef struct {
	char *bytes;
	size_t length;
	size_t capacity;
} buffer;

static void put(buffer *target, const void *bytes, size_t length)
{
	if (target->capacity - target->length < length) {
		target->capacity = (target->length + length) * 2;
		target->bytes = safe_erealloc(target->bytes, target->capacity, 1, 0);
	}
	if (length > 0) {
		memcpy(target->bytes + target->length, bytes, length);
	}
	target->length += length;
}

static void put_number(buffer *target, int32_t number)
{
	put(target, &number, sizeof(number));
}

static void put_text(buffer *target, const char *text, size_t length)
{
	put(target, text, length);
	put(target, "", 1);
}

/* NAME=VALUE for each variable that has a value, as proc_open() passes them. Returns how many. */
static int32_t put_environment(buffer *target, HashTable *environment)
{
	int32_t count = 0;
	zend_string *name;
	zval *value;

	ZEND_HASH_FOREACH_STR_KEY_VAL(environment, name, value) {
		zend_string *text = zval_get_string(value);

		if (ZSTR_LEN(text) > 0) {
			if (name != NULL && ZSTR_LEN(name) > 0) {
				put(target, ZSTR_VAL(name), strlen(ZSTR_VAL(name)));
				put(target, "=", 1);
			}
			put_text(target, ZSTR_VAL(text), strlen(ZSTR_VAL(text)));
			count++;
		}
		zend_string_release(text);
	} ZEND_HASH_FOREACH_END();
	return count;
}

static int32_t put_own_environment(buffer *target)
{
	int32_t count;
	zval own;

	array_init(&own);
	php_import_environment_variables(&own);
	igor_environment_add_request(Z_ARRVAL(own));
	count = put_environment(target, Z_ARRVAL(own));
	zval_ptr_dtor(&own);
	return count;
}

int32_t igor_process_start(igor_program *program)
{
	buffer request = {0};
	buffer variables = {0};
	int32_t variable_count = program->environment != NULL
		? put_environment(&variables, program->environment) : put_own_environment(&variables);
	int32_t *ends = safe_emalloc(program->descriptor_count + 1, sizeof(int32_t), 0);
	int32_t process;

	put_number(&request, program->command_line != NULL ? IGOR_COMMAND_LINE : 0);
	put_number(&request, program->command_line != NULL ? 1 : (int32_t) program->argument_count);
	put_number(&request, variable_count);
	put_number(&request, (int32_t) program->descriptor_count);
	for (uint32_t i = 0; i < program->descriptor_count; i++) {
		ends[i] = -1;
		put_number(&request, program->descriptors[i].number);
		put_number(&request, program->descriptors[i].what);
		put_number(&request, program->descriptors[i].value);
	}
	put_text(&request, program->folder, program->folder != NULL ? strlen(program->folder) : 0);
	if (program->command_line != NULL) {
		put_text(&request, ZSTR_VAL(program->command_line), strlen(ZSTR_VAL(program->command_line)));
	}
	for (uint32_t i = 0; i < program->argument_count; i++) {
		put_text(&request, ZSTR_VAL(program->arguments[i]), ZSTR_LEN(program->arguments[i]));
	}
	if (variables.length > 0) {
		put(&request, variables.bytes, variables.length);
		efree(variables.bytes);
	}
	process = igor_host_process_start(request.bytes, (uint32_t) request.length, ends);
	for (uint32_t i = 0; i < program->descriptor_count; i++) {
		program->descriptors[i].end = ends[i];
	}
	efree(request.bytes);
	efree(ends);
	return process;
}

void igor_process_warn(void)
{
	char why[IGOR_LONGEST_REFUSAL];
	uint32_t length = igor_host_process_refusal(why, sizeof(why) - 1);

	why[length] = '\0';
	php_error_docref(NULL, E_WARNING, "%s", why);
}

php_stream *igor_process_stream(int32_t end, const char *mode)
{
	return php_stream_fopen_from_fd(end, mode, NULL);
}

int32_t igor_process_start_piped(zend_string *command, int32_t number, int32_t what, int32_t *end)
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

int igor_process_finish(int32_t process)
{
	int32_t status;
	int result = igor_host_process_wait(process, &status) == 0 ? status : -1;

	igor_host_process_forget(process);
	if (result != -1 && IGOR_EXITED(result)) {
		return IGOR_EXIT_STATUS(result);
	}
	return result;
}
