/* FrankenPHP\SentTaskHandle: the sender's side of a task. */
#include "sidekick_names.h"
#include "task_handles.h"

static zend_object_handlers sent_handlers;

static zend_object *create(zend_class_entry *ce)
{
	return igor_task_create(ce, &sent_handlers);
}

ZEND_METHOD(FrankenPHP_SentTaskHandle, __construct)
{
	zend_string *worker;
	HashTable *payload;
	double timeout = 30.0;
	bool for_ever = false;
	uint32_t length;
	igor_task_handle *handle = (igor_task_handle *) ((char *) Z_OBJ_P(ZEND_THIS) - offsetof(igor_task_handle, std));
	int32_t task;

	ZEND_PARSE_PARAMETERS_START(2, 3)
		Z_PARAM_STR(worker)
		Z_PARAM_ARRAY_HT(payload)
		Z_PARAM_OPTIONAL
		Z_PARAM_DOUBLE_OR_NULL(timeout, for_ever)
	ZEND_PARSE_PARAMETERS_END();

	if (handle->task != 0) {
		zend_throw_exception_ex(spl_ce_RuntimeException, 0, "This FrankenPHP\\SentTaskHandle has been constructed already");
		RETURN_THROWS();
	}
	if (!igor_is_valid_name(worker)) {
		RETURN_THROWS();
	}
	/* Written so that NaN fails, too. */
	if (!for_ever && !(timeout >= 0)) {
		zend_argument_value_error(3, "must be greater than or equal to 0");
		RETURN_THROWS();
	}
	if (!igor_task_encode(2, "payload", payload, &length)) {
		RETURN_THROWS();
	}
	task = igor_host_task_send(ZSTR_VAL(worker), (uint32_t) ZSTR_LEN(worker), for_ever ? ZEND_INFINITY : timeout,
		igor_scratch(0), length);
	igor_scratch_trim();
	if (task < 0) {
		igor_throw_host_error();
		RETURN_THROWS();
	}
	igor_task_hold(handle, task);
}

ZEND_METHOD(FrankenPHP_SentTaskHandle, read)
{
	igor_task_handle *handle;
	uint32_t length;
	int32_t result;

	ZEND_PARSE_PARAMETERS_NONE();
	handle = igor_task_of(ZEND_THIS);
	if (handle == NULL) {
		RETURN_THROWS();
	}
	igor_scratch(4096);
	do {
		length = igor_scratch_capacity();
		result = igor_host_task_read(handle->task, igor_scratch(0), &length);
		if (result == IGOR_TASK_TOO_SMALL) {
			igor_scratch(length);
		}
	} while (result == IGOR_TASK_TOO_SMALL);
	if (result == IGOR_TASK_UPDATE) {
		igor_task_decode(igor_scratch(0), length, return_value);
		igor_scratch_trim();
	} else if (result == IGOR_TASK_FAILED) {
		igor_throw_host_error();
	}
}

ZEND_METHOD(FrankenPHP_SentTaskHandle, getStream)
{
	igor_task_handle *handle;

	ZEND_PARSE_PARAMETERS_NONE();
	handle = igor_task_of(ZEND_THIS);
	if (handle != NULL) {
		igor_task_stream(handle, return_value);
	}
}

ZEND_METHOD(FrankenPHP_SentTaskHandle, abandon)
{
	igor_task_handle *handle;

	ZEND_PARSE_PARAMETERS_NONE();
	handle = igor_task_of(ZEND_THIS);
	if (handle == NULL) {
		RETURN_THROWS();
	}
	igor_host_task_abandon(handle->task);
	if (Z_TYPE(handle->stream) == IS_RESOURCE) {
		zend_list_close(Z_RES(handle->stream));
	}
}

void igor_sent_task_register(const zend_function_entry *methods)
{
	igor_handle_register("FrankenPHP\\SentTaskHandle", methods, offsetof(igor_task_handle, std), create, igor_task_free,
		&sent_handlers);
}
