/* FrankenPHP\ReceivedTaskHandle: the worker's side of a task. */
#include "task_handles.h"

static zend_class_entry *received_ce;
static zend_object_handlers received_handlers;

static zend_object *create(zend_class_entry *ce)
{
	return igor_task_create(ce, &received_handlers);
}

void igor_task_receive(zval *result)
{
	uint32_t length;
	int32_t task = igor_host_task_receive(&length);
	igor_task_handle *handle;

	if (task == 0) {
		ZVAL_NULL(result);
		return;
	}
	object_init_ex(result, received_ce);
	handle = (igor_task_handle *) ((char *) Z_OBJ_P(result) - offsetof(igor_task_handle, std));
	igor_task_hold(handle, task);
	handle->encoded = zend_string_alloc(length, false);
	igor_host_task_payload(task, ZSTR_VAL(handle->encoded), length);
	ZSTR_VAL(handle->encoded)[length] = 0;
}

/* Private, and never called: handles come from WorkerHandle::receive(). */
ZEND_METHOD(FrankenPHP_ReceivedTaskHandle, __construct)
{
	ZEND_PARSE_PARAMETERS_NONE();
}

ZEND_METHOD(FrankenPHP_ReceivedTaskHandle, getPayload)
{
	igor_task_handle *handle;

	ZEND_PARSE_PARAMETERS_NONE();
	handle = igor_task_of(ZEND_THIS);
	if (handle == NULL) {
		RETURN_THROWS();
	}
	if (Z_TYPE(handle->payload) == IS_UNDEF) {
		zval payload;

		/* Autoloaders of enums are user code, which may ask for the payload, too. */
		if (!igor_task_decode(ZSTR_VAL(handle->encoded), (uint32_t) ZSTR_LEN(handle->encoded), &payload)) {
			RETURN_THROWS();
		}
		zval_ptr_dtor(&handle->payload);
		ZVAL_COPY_VALUE(&handle->payload, &payload);
	}
	RETURN_COPY(&handle->payload);
}

static bool send_update(igor_task_handle *handle, HashTable *data, bool is_last)
{
	uint32_t length;
	bool sent;

	if (!igor_task_encode(1, "data", data, &length)) {
		return false;
	}
	sent = igor_host_task_update(handle->task, igor_scratch(0), length, is_last) == 0;
	igor_scratch_trim();
	if (!sent) {
		igor_throw_host_error();
	}
	return sent;
}

ZEND_METHOD(FrankenPHP_ReceivedTaskHandle, update)
{
	igor_task_handle *handle;
	HashTable *data;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_ARRAY_HT(data)
	ZEND_PARSE_PARAMETERS_END();
	handle = igor_task_of(ZEND_THIS);
	if (handle != NULL) {
		send_update(handle, data, false);
	}
}

ZEND_METHOD(FrankenPHP_ReceivedTaskHandle, complete)
{
	igor_task_handle *handle;
	HashTable *data = NULL;

	ZEND_PARSE_PARAMETERS_START(0, 1)
		Z_PARAM_OPTIONAL
		Z_PARAM_ARRAY_HT_OR_NULL(data)
	ZEND_PARSE_PARAMETERS_END();
	handle = igor_task_of(ZEND_THIS);
	if (handle == NULL || (data != NULL && !send_update(handle, data, true))) {
		RETURN_THROWS();
	}
	igor_host_task_complete(handle->task);
	if (Z_TYPE(handle->stream) == IS_RESOURCE) {
		zend_list_close(Z_RES(handle->stream));
	}
}

ZEND_METHOD(FrankenPHP_ReceivedTaskHandle, getStream)
{
	igor_task_handle *handle;

	ZEND_PARSE_PARAMETERS_NONE();
	handle = igor_task_of(ZEND_THIS);
	if (handle != NULL) {
		igor_task_stream(handle, return_value);
	}
}

void igor_received_task_register(const zend_function_entry *methods)
{
	received_ce = igor_handle_register("FrankenPHP\\ReceivedTaskHandle", methods, offsetof(igor_task_handle, std), create,
		igor_task_free, &received_handlers);
}
