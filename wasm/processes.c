/*
 * The functions that run programs. Without permission they do not exist, as if php.ini's disable_functions named them;
 * mail() and its relatives stay, and say why they fail.
 */
#include "processes.h"
#include <stdio.h>

#define LONGEST_SENTENCE 2048 /* bytes */
/* Exit statuses of sendmail (sysexits.h: EX_OK, EX_TEMPFAIL) */
#define SENT 0
#define SENT_LATER 75

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

/* What hands a message to the program of sendmail_path. */
static struct {
	const char *name;
	zif_handler original;
} mailing[] = {{"mail", NULL}, {"mb_send_mail", NULL}, {"error_log", NULL}};

static zend_internal_function *find(const char *name)
{
	zend_function *function = zend_hash_str_find_ptr(CG(function_table), name, strlen(name));

	return function != NULL && function->type == ZEND_INTERNAL_FUNCTION ? &function->internal_function : NULL;
}

static void forget(const char *name)
{
	zend_hash_str_del(CG(function_table), name, strlen(name));
}

/* Where musl's FILE has the previously opened one. */
#define PREVIOUS_AT 56

static FILE *opened_before(FILE *file)
{
	return *(FILE **) ((char *) file + PREVIOUS_AT);
}

/*
 * Closes the stream of a descriptor that popen() has made. Before PHP 8.5, mail()'s pclose() was compiled to a failure:
 * it closes nothing, and the stream is lost, but libc has it in its list.
 */
static void close_forgotten_stream(int fd)
{
	FILE *first = fopen("/dev/null", "r");
	FILE *second = fopen("/dev/null", "r");

	if (first != NULL && second != NULL && opened_before(second) == first) {
		FILE *file = opened_before(first);

		while (file != NULL && fileno(file) != fd) {
			file = opened_before(file);
		}
		if (file != NULL) {
			fclose(file);
		}
	}
	if (second != NULL) {
		fclose(second);
	}
	if (first != NULL) {
		fclose(first);
	}
}

/* Whether the program took the message. */
static bool is_sent(int32_t process)
{
	int32_t status;
	bool known = igor_host_process_wait(process, &status) == 0;

	igor_host_process_forget(process);
	return known && IGOR_EXITED(status) && (IGOR_EXIT_STATUS(status) == SENT || IGOR_EXIT_STATUS(status) == SENT_LATER);
}

/* PHP's own warning, if any, does not say why the program could not be started. */
static void say_why(INTERNAL_FUNCTION_PARAMETERS, zif_handler original)
{
	char why[LONGEST_SENTENCE];
	uint32_t length;
	int32_t process;
	int32_t fd;

	igor_host_process_refusal(why, sizeof(why));
	original(INTERNAL_FUNCTION_PARAM_PASSTHRU);
	fd = igor_host_process_unclosed(&process);
	if (fd >= 0) {
		/* Passes on what is still unwritten, and tells the program that this was all. */
		close_forgotten_stream(fd);
	}
	if (process >= 0) {
		RETVAL_BOOL(is_sent(process));
	}
	length = igor_host_process_refusal(why, sizeof(why));
	if (length > 0 && !EG(exception)) {
		php_error_docref(NULL, E_WARNING, "%.*s", (int) length, why);
	}
}

static ZEND_FUNCTION(igor_mail)
{
	say_why(INTERNAL_FUNCTION_PARAM_PASSTHRU, mailing[0].original);
}

static ZEND_FUNCTION(igor_mb_send_mail)
{
	say_why(INTERNAL_FUNCTION_PARAM_PASSTHRU, mailing[1].original);
}

static ZEND_FUNCTION(igor_error_log)
{
	say_why(INTERNAL_FUNCTION_PARAM_PASSTHRU, mailing[2].original);
}

/* ---------------------------------------------------------------- starting a program */

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
	char why[LONGEST_SENTENCE];
	uint32_t length = igor_host_process_refusal(why, sizeof(why) - 1);

	why[length] = '\0';
	php_error_docref(NULL, E_WARNING, "%s", why);
}

php_stream *igor_process_stream(int32_t end, const char *mode)
{
	return php_stream_fopen_from_fd(end, mode, NULL);
}

/* ---------------------------------------------------------------- installing */

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
	static const zif_handler explaining[] = {ZEND_FN(igor_mail), ZEND_FN(igor_mb_send_mail), ZEND_FN(igor_error_log)};
	bool allowed = igor_host_processes_allowed() != 0;

	for (size_t i = 0; i < sizeof(mailing) / sizeof(*mailing); i++) {
		zend_internal_function *function = find(mailing[i].name);

		if (function != NULL) {
			mailing[i].original = function->handler;
			function->handler = explaining[i];
		}
	}
	/* It would change the priority of the server. */
	forget("proc_nice");
	for (size_t i = 0; i < sizeof(running) / sizeof(*running); i++) {
		zend_internal_function *function = find(running[i].name);

		if (!allowed || function == NULL) {
			forget(running[i].name);
		} else {
			function->handler = running[i].handler;
		}
	}
	if (allowed) {
		igor_exec_startup();
		igor_proc_open_startup(module_number);
	}
	set_php_binary();
}
