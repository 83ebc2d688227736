/* The descriptors that proc_open() gives to a program: pipes, files, streams of PHP. */
#include "proc_open.h"
#include "ext/standard/file.h"
#include <unistd.h>

/* Of a descriptor in the child. */
#define LARGEST_NUMBER 255

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

static bool add_redirection(const igor_proc_descriptors *list, igor_child_descriptor *descriptor, HashTable *specification)
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

static bool add_from_array(const igor_proc_descriptors *list, igor_child_descriptor *descriptor, int *to_close,
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

bool igor_proc_descriptors_read(igor_proc_descriptors *list, HashTable *specifications)
{
	zend_ulong number;
	zend_string *name;
	zval *element;

	list->descriptors = ecalloc(zend_hash_num_elements(specifications) + 1, sizeof(igor_child_descriptor));
	list->to_close = ecalloc(zend_hash_num_elements(specifications) + 1, sizeof(int));
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

void igor_proc_descriptors_close(const igor_proc_descriptors *list)
{
	for (uint32_t i = 0; i < list->count; i++) {
		if (list->to_close[i] >= 0) {
			close(list->to_close[i]);
		}
	}
}

void igor_proc_descriptors_free(igor_proc_descriptors *list)
{
	efree(list->descriptors);
	efree(list->to_close);
}
