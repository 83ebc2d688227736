#include "handle.h"
#include "php_network.h"

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

zend_class_entry *igor_handle_register(const char *name, const zend_function_entry *methods, size_t offset,
	zend_object *(*create)(zend_class_entry *), void (*free_object)(zend_object *), zend_object_handlers *handlers)
{
	zend_class_entry ce;
	zend_class_entry *registered;

	INIT_CLASS_ENTRY_EX(ce, name, strlen(name), methods);
	registered = zend_register_internal_class(&ce);
	registered->ce_flags |= ZEND_ACC_FINAL | ZEND_ACC_NO_DYNAMIC_PROPERTIES | ZEND_ACC_NOT_SERIALIZABLE;
	registered->create_object = create;
	zend_class_implements(registered, 1, poll_handle());
	memcpy(handlers, &std_object_handlers, sizeof(*handlers));
	handlers->offset = (int) offset;
	handlers->free_obj = free_object;
	handlers->clone_obj = NULL;
	return registered;
}

php_stream *igor_handle_stream(int32_t descriptor, const char *class_name)
{
	php_stream *stream = descriptor < 0 ? NULL : php_stream_sock_open_from_socket(descriptor, NULL);

	if (stream == NULL) {
		zend_throw_exception_ex(spl_ce_RuntimeException, 0,
			"The stream of the %s cannot be opened: there is no free descriptor; close some streams", class_name);
		return NULL;
	}
	/* default_socket_timeout is for networks: a worker may be idle for hours. */
	((php_netstream_data_t *) stream->abstract)->timeout.tv_sec = -1;
	return stream;
}
