/* FrankenPHP\WorkerHandle: what a sidekick waits on, and publishes with. */
#include "worker_handle.h"
#include "handle.h"
#include "sidekick_publish.h"
#include "task_handles.h"
#include "worker_readiness.h"

typedef struct {
	bool constructed;
	zval stream; /* a resource; undefined until it is asked for */
	zend_object std;
} worker_handle;

static zend_object_handlers worker_handle_handlers;

static worker_handle *handle_of(zend_object *object)
{
	return (worker_handle *) ((char *) object - offsetof(worker_handle, std));
}

static zend_object *create(zend_class_entry *ce)
{
	worker_handle *handle = zend_object_alloc(sizeof(worker_handle), ce);

	ZVAL_UNDEF(&handle->stream);
	zend_object_std_init(&handle->std, ce);
	object_properties_init(&handle->std, ce);
	handle->std.handlers = &worker_handle_handlers;
	return &handle->std;
}

static void free_object(zend_object *object)
{
	zval_ptr_dtor(&handle_of(object)->stream);
	zend_object_std_dtor(object);
}

/* NULL, and an exception, for one that was made around its constructor. */
static worker_handle *constructed(zval *this)
{
	worker_handle *handle = handle_of(Z_OBJ_P(this));

	if (!handle->constructed) {
		zend_throw_exception_ex(spl_ce_RuntimeException, 0, "This FrankenPHP\\WorkerHandle was not constructed");
		return NULL;
	}
	return handle;
}

ZEND_METHOD(FrankenPHP_WorkerHandle, __construct)
{
	ZEND_PARSE_PARAMETERS_NONE();
	if (igor_thread.role != IGOR_ROLE_SIDEKICK) {
		zend_throw_exception_ex(spl_ce_RuntimeException, 0,
			"A FrankenPHP\\WorkerHandle can only be made inside a background worker or a sidekick");
		RETURN_THROWS();
	}
	handle_of(Z_OBJ_P(ZEND_THIS))->constructed = true;
}

ZEND_METHOD(FrankenPHP_WorkerHandle, tick)
{
	ZEND_PARSE_PARAMETERS_NONE();
	if (constructed(ZEND_THIS) == NULL) {
		RETURN_THROWS();
	}
	RETURN_BOOL(igor_worker_tick());
}

static bool is_open(const zval *stream)
{
	return Z_TYPE_P(stream) == IS_RESOURCE && Z_RES_P(stream)->ptr != NULL;
}

ZEND_METHOD(FrankenPHP_WorkerHandle, getStream)
{
	worker_handle *handle;

	ZEND_PARSE_PARAMETERS_NONE();
	handle = constructed(ZEND_THIS);
	if (handle == NULL) {
		RETURN_THROWS();
	}
	if (!is_open(&handle->stream)) {
		php_stream *stream = igor_handle_stream(igor_host_handle_open(false), "FrankenPHP\\WorkerHandle");

		if (stream == NULL) {
			RETURN_THROWS();
		}
		zval_ptr_dtor(&handle->stream);
		php_stream_to_zval(stream, &handle->stream);
	}
	RETURN_COPY(&handle->stream);
}

ZEND_METHOD(FrankenPHP_WorkerHandle, setVars)
{
	HashTable *vars;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_ARRAY_HT(vars)
	ZEND_PARSE_PARAMETERS_END();
	if (constructed(ZEND_THIS) == NULL) {
		RETURN_THROWS();
	}
	igor_publish(vars, "FrankenPHP\\WorkerHandle::setVars", false);
}

PHP_FUNCTION(frankenphp_get_worker_handle)
{
	php_stream *stream;

	ZEND_PARSE_PARAMETERS_NONE();
	if (igor_thread.role != IGOR_ROLE_SIDEKICK) {
		zend_throw_exception_ex(spl_ce_RuntimeException, 0,
			"frankenphp_get_worker_handle() can only be called inside a background worker or a sidekick");
		RETURN_THROWS();
	}
	stream = igor_handle_stream(igor_host_handle_open(true), "worker's handle");
	if (stream == NULL) {
		RETURN_THROWS();
	}
	php_stream_to_zval(stream, return_value);
	igor_worker_took_stream();
}

ZEND_METHOD(FrankenPHP_WorkerHandle, receive)
{
	ZEND_PARSE_PARAMETERS_NONE();
	if (constructed(ZEND_THIS) == NULL) {
		RETURN_THROWS();
	}
	igor_task_receive(return_value);
}

void igor_worker_handle_register(const zend_function_entry *methods)
{
	igor_handle_register("FrankenPHP\\WorkerHandle", methods, offsetof(worker_handle, std), create, free_object,
		&worker_handle_handlers);
}
