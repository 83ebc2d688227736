/* The class FrankenPHP\WorkerHandle. */
#ifndef IGOR_WORKER_HANDLE_H
#define IGOR_WORKER_HANDLE_H

#include "igor.h"

/* From MINIT. */
void igor_worker_handle_register(const zend_function_entry *methods);

#endif
