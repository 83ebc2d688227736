/* FrankenPHP\WorkerHandle: what a sidekick waits on, and publishes with. */
#include "igor.h"
#include "worker_handle.h"
#include "sidekick_publish.h"
#include "php_network.h"

typedef struct {
	bool constructed;
	zval stream; /* a resource; undefined until it is asked for */
	zend_object std;
} worker_handle;

static zend_class_entry *worker_handle_ce;
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

/* The serials of the scripts that were the last to tick, to take a stream without a handle, and to publish. */
static uint32_t ticked_in;
static uint32_t taken_in;
static uint32_t published_in;

/* False once the worker has to end. */
static bool tick(void)
{
	if (ticked_in != igor_thread.request_serial) {
		ticked_in = igor_thread.request_serial;
		if (igor_thread.is_background) {
			igor_script_lift_limit();
		}
	}
	return igor_host_handle_tick() != 0;
}

/* A script that knows no tick(): it is ready once it has taken its stream, and published. */
static void tick_for_it(void)
{
	uint32_t serial = igor_thread.request_serial;

	if (taken_in == serial && published_in == serial && ticked_in != serial) {
		tick();
	}
}

void igor_worker_handle_published(void)
{
	published_in = igor_thread.request_serial;
	tick_for_it();
}

ZEND_METHOD(FrankenPHP_WorkerHandle, tick)
{
	ZEND_PARSE_PARAMETERS_NONE();
	if (constructed(ZEND_THIS) == NULL) {
		RETURN_THROWS();
	}
	RETURN_BOOL(tick());
}

static bool is_open(const zval *stream)
{
	return Z_TYPE_P(stream) == IS_RESOURCE && Z_RES_P(stream)->ptr != NULL;
}

/* A stream over a descriptor that becomes readable when there is something to do; NULL, and an exception, without one. */
static php_stream *open_stream(bool is_quiet)
{
	int32_t descriptor = igor_host_handle_open(is_quiet);
	php_stream *stream = descriptor < 0 ? NULL : php_stream_sock_open_from_socket(descriptor, NULL);

	if (stream == NULL) {
		zend_throw_exception_ex(spl_ce_RuntimeException, 0,
			"The stream of the worker's handle cannot be opened: there is no free descriptor");
		return NULL;
	}
	/* default_socket_timeout is for networks: a worker may be idle for hours. */
	((php_netstream_data_t *) stream->abstract)->timeout.tv_sec = -1;
	return stream;
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
		php_stream *stream = open_stream(false);

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
	stream = open_stream(true);
	if (stream == NULL) {
		RETURN_THROWS();
	}
	php_stream_to_zval(stream, return_value);
	taken_in = igor_thread.request_serial;
	tick_for_it();
}

static zend_class_entry *poll_handle(void)
{
	zend_class_entry *known = zend_hash_str_find_ptr(CG(class_table), "io\\poll\\handle", sizeof("io\\poll\\handle") - 1);
	zend_class_entry ce;

	if (known != NULL) {
		return known;
	}
	INIT_NS_CLASS_ENTRY(ce, "Io\\Poll", "Handle", NULL);
	return zend_register_internal_interface(&ce);
}

void igor_worker_handle_register(const zend_function_entry *methods)
{
	zend_class_entry ce;

	INIT_NS_CLASS_ENTRY(ce, "FrankenPHP", "WorkerHandle", methods);
	worker_handle_ce = zend_register_internal_class(&ce);
	worker_handle_ce->ce_flags |= ZEND_ACC_FINAL | ZEND_ACC_NO_DYNAMIC_PROPERTIES | ZEND_ACC_NOT_SERIALIZABLE;
	worker_handle_ce->create_object = create;
	zend_class_implements(worker_handle_ce, 1, poll_handle());
	memcpy(&worker_handle_handlers, &std_object_handlers, sizeof(worker_handle_handlers));
	worker_handle_handlers.offset = offsetof(worker_handle, std);
	worker_handle_handlers.free_obj = free_object;
	worker_handle_handlers.clone_obj = NULL;
}
