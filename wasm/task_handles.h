/* The classes FrankenPHP\SentTaskHandle and FrankenPHP\ReceivedTaskHandle. */
#ifndef IGOR_TASK_HANDLES_H
#define IGOR_TASK_HANDLES_H

#include "handle.h"
#include "snapshot_format.h"

/* Both classes. The number and what belongs to it are the host's; a handle that was made around its constructor has 0. */
typedef struct {
	int32_t task;
	zval stream;          /* a resource, perhaps a closed one; undefined until it is asked for */
	zend_string *encoded; /* the payload of a task that was received; NULL once it is decoded */
	zval payload;         /* decoded; undefined until it is asked for */
	zend_object std;
} igor_task_handle;

/* From MINIT. */
void igor_sent_task_register(const zend_function_entry *methods);
void igor_received_task_register(const zend_function_entry *methods);

/* The next task of this worker as a ReceivedTaskHandle, or null. */
void igor_task_receive(zval *result);

/* igor_host_tasks_end(), if PHP has a handle of a task at all: most scripts have none. */
void igor_tasks_end(bool only_request);

/* task_handles.c: for the two classes. */
zend_object *igor_task_create(zend_class_entry *ce, zend_object_handlers *handlers);
void igor_task_free(zend_object *object);
/* The handle is of this task from now on. */
void igor_task_hold(igor_task_handle *handle, int32_t task);
/* NULL, and an exception, for one that was made around its constructor. */
igor_task_handle *igor_task_of(zval *this);
/* The same stream at each call; a closed one once this side has let go of the task. */
void igor_task_stream(igor_task_handle *handle, zval *result);
/* Encodes an argument into the scratch memory. False, and an exception, when it cannot be. */
bool igor_task_encode(uint32_t argument, const char *what, HashTable *values, uint32_t *length);
/* Decodes what came from another thread; false: an exception. */
bool igor_task_decode(const char *bytes, uint32_t length, zval *array);

#endif
