/* What the classes of handles share: FrankenPHP\WorkerHandle, SentTaskHandle, ReceivedTaskHandle. */
#ifndef IGOR_HANDLE_H
#define IGOR_HANDLE_H

#include "igor.h"

/* From MINIT: an internal class that is final, not serialisable, without dynamic properties, and implements Io\Poll\Handle.
 * `handlers` get the offset of the zend_object in its struct, and cannot clone. */
zend_class_entry *igor_handle_register(const char *name, const zend_function_entry *methods, size_t offset,
	zend_object *(*create)(zend_class_entry *), void (*free_object)(zend_object *), zend_object_handlers *handlers);

/* A stream over a descriptor of the host; NULL, and an exception, when `descriptor` is none. */
php_stream *igor_handle_stream(int32_t descriptor, const char *class_name);

#endif
