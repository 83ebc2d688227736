/* When a background worker is ready. */
#ifndef IGOR_WORKER_READINESS_H
#define IGOR_WORKER_READINESS_H

#include "igor.h"

/* The running script begins a turn, and is ready. False once the worker has to end. */
bool igor_worker_tick(void);

/* It has taken its stream without a handle, or published: having done both it is ready, if it does not tick. */
void igor_worker_took_stream(void);
void igor_worker_published(void);

#endif
