#include "worker_readiness.h"

/* The serials of the scripts that were the last to tick, to take a stream without a handle, and to publish. */
static uint32_t ticked_in;
static uint32_t taken_in;
static uint32_t published_in;

bool igor_worker_tick(void)
{
	if (ticked_in != igor_thread.request_serial) {
		ticked_in = igor_thread.request_serial;
		if (igor_thread.is_background) {
			igor_script_lift_limit();
		}
	}
	return igor_host_handle_tick() != 0;
}

static void tick_for_it(void)
{
	uint32_t serial = igor_thread.request_serial;

	if (taken_in == serial && published_in == serial && ticked_in != serial) {
		igor_worker_tick();
	}
}

void igor_worker_took_stream(void)
{
	taken_in = igor_thread.request_serial;
	tick_for_it();
}

void igor_worker_published(void)
{
	published_in = igor_thread.request_serial;
	tick_for_it();
}
