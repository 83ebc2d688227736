/* proc_open(), by programs of the host. */
#include "proc_open.h"
#include <unistd.h>

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

static void close_ends(const igor_proc_descriptors *list)
{
	for (uint32_t i = 0; i < list->count; i++) {
		if (list->descriptors[i].end >= 0) {
			close(list->descriptors[i].end);
		}
	}
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
	igor_proc_descriptors list = {0};
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
	if (igor_proc_descriptors_read(&list, specifications) && !EG(exception)) {
		program.folder = folder;
		program.environment = environment;
		program.descriptors = list.descriptors;
		program.descriptor_count = list.count;
		id = igor_process_start(&program);
		if (id < 0) {
			igor_process_warn();
		}
	}
	igor_proc_descriptors_close(&list);
	if (id >= 0) {
		pipes = zend_try_array_init(pipes);
		if (pipes == NULL) {
			close_ends(&list);
			igor_host_process_forget(id);
		} else {
			RETVAL_RES(igor_proc_resource(&list, id, command, pipes));
		}
	}
	igor_proc_descriptors_free(&list);
	if (arguments != NULL) {
		free_arguments(arguments, program.argument_count);
	}
}
