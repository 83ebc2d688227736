/*
 * The resets between two requests of a worker script (worker_reset.c). In this order, forever:
 * end (response sent, PHP still usable) → leave (PHP's request state torn down) → wait for a request → enter.
 */
#ifndef IGOR_WORKER_H
#define IGOR_WORKER_H

#include "igor.h"

void igor_worker_end_request(void);
void igor_worker_leave_request(void);
void igor_worker_enter_request(void);

#endif
