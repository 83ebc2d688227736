#include "task_handles.h"

/* Handles that are of a task. */
static uint32_t held;

void igor_tasks_end(bool only_request)
{
	if (held > 0) {
		igor_host_tasks_end(only_request);
	}
}

zend_object *igor_task_create(zend_class_entry *ce, zend_object_handlers *handlers)
{
	igor_task_handle *handle = zend_object_alloc(sizeof(igor_task_handle), ce);

	ZVAL_UNDEF(&handle->stream);
	ZVAL_UNDEF(&handle->payload);
	zend_object_std_init(&handle->std, ce);
	object_properties_init(&handle->std, ce);
	handle->std.handlers = handlers;
	return &handle->std;
}

static igor_task_handle *handle_of(zend_object *object)
{
	return (igor_task_handle *) ((char *) object - offsetof(igor_task_handle, std));
}

void igor_task_hold(igor_task_handle *handle, int32_t task)
{
	handle->task = task;
	held++;
}

void igor_task_free(zend_object *object)
{
	igor_task_handle *handle = handle_of(object);

	/* Before its stream is closed, which would mean something else. */
	if (handle->task != 0) {
		igor_host_task_release(handle->task);
		held--;
	}
	zval_ptr_dtor(&handle->stream);
	zval_ptr_dtor(&handle->payload);
	if (handle->encoded != NULL) {
		zend_string_release(handle->encoded);
	}
	zend_object_std_dtor(object);
}

igor_task_handle *igor_task_of(zval *this)
{
	igor_task_handle *handle = handle_of(Z_OBJ_P(this));

	if (handle->task == 0) {
		zend_throw_exception_ex(spl_ce_RuntimeException, 0, "This %s was not constructed", ZSTR_VAL(Z_OBJCE_P(this)->name));
		return NULL;
	}
	return handle;
}

void igor_task_stream(igor_task_handle *handle, zval *result)
{
	if (Z_TYPE(handle->stream) == IS_UNDEF) {
		int32_t descriptor = igor_host_task_open(handle->task);

		if (descriptor == IGOR_TASK_OVER) {
			/* What is left of a stream that was closed. */
			ZVAL_RES(&handle->stream, zend_register_resource(NULL, -1));
		} else {
			php_stream *stream = igor_handle_stream(descriptor, ZSTR_VAL(handle->std.ce->name));

			if (stream == NULL) {
				return;
			}
			php_stream_to_zval(stream, &handle->stream);
		}
	}
	ZVAL_COPY(result, &handle->stream);
}

bool igor_task_encode(uint32_t argument, const char *what, HashTable *values, uint32_t *length)
{
	igor_written written;
	uint32_t limit = igor_host_sidekick_max_size();
	/* 0: there is nobody to send to, as the host will say. */
	igor_write_result result = igor_snapshot_write(values, limit == 0 ? UINT32_MAX : limit, false, &written);

	if (result == IGOR_TOO_LARGE) {
		zend_throw_exception_ex(spl_ce_RuntimeException, 0, "The %s has %" PRIu64
			" bytes, more than max_snapshot_size allows (%" PRIu32 ")", what, written.size, limit);
	} else if (result != IGOR_WRITTEN) {
		igor_snapshot_refuse(argument, what, result, &written);
	}
	*length = (uint32_t) written.size;
	if (result != IGOR_WRITTEN) {
		igor_scratch_trim();
	}
	return result == IGOR_WRITTEN;
}

bool igor_task_decode(const char *bytes, uint32_t length, zval *array)
{
	if (igor_snapshot_decode(bytes, length, array)) {
		return true;
	}
	if (EG(exception) == NULL) {
		zend_throw_exception_ex(spl_ce_RuntimeException, 0, "What came with the task cannot be read: it is damaged");
	}
	return false;
}
