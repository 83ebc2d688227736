/*
 * sleep() and its relatives, over the host's Atomics.wait: they cost no CPU, and end early when the thread has to stop.
 * The functions keep PHP's signatures and argument errors; only their handlers are replaced.
 */
#include "igor.h"
#include <inttypes.h>
#include <sys/time.h>

/* PHP's, seconds since the epoch. */
#define LATEST_TIME ((double) (UINT64_MAX / 1000000000))

static ZEND_FUNCTION(igor_sleep)
{
	zend_long seconds;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_LONG(seconds)
	ZEND_PARSE_PARAMETERS_END();
	if (seconds < 0) {
		zend_argument_value_error(1, "must be greater than or equal to 0");
		RETURN_THROWS();
	}
	RETURN_LONG((zend_long) ceil(igor_host_sleep((double) seconds * 1000.0) / 1000.0));
}

static ZEND_FUNCTION(igor_usleep)
{
	zend_long microseconds;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_LONG(microseconds)
	ZEND_PARSE_PARAMETERS_END();
	if (microseconds < 0) {
		zend_argument_value_error(1, "must be greater than or equal to 0");
		RETURN_THROWS();
	}
	igor_host_sleep((double) microseconds / 1000.0);
}

static ZEND_FUNCTION(igor_time_nanosleep)
{
	zend_long seconds;
	zend_long nanoseconds;
	double left;

	ZEND_PARSE_PARAMETERS_START(2, 2)
		Z_PARAM_LONG(seconds)
		Z_PARAM_LONG(nanoseconds)
	ZEND_PARSE_PARAMETERS_END();
	if (seconds < 0 || nanoseconds < 0) {
		zend_argument_value_error(seconds < 0 ? 1 : 2, "must be greater than or equal to 0");
		RETURN_THROWS();
	}
	if (nanoseconds > 999999999) {
		zend_value_error("Nanoseconds was not in the range 0 to 999 999 999 or seconds was negative");
		RETURN_THROWS();
	}
	left = igor_host_sleep((double) seconds * 1000.0 + (double) nanoseconds / 1000000.0);
	if (left <= 0) {
		RETURN_TRUE;
	}
	array_init(return_value);
	add_assoc_long_ex(return_value, "seconds", sizeof("seconds") - 1, (zend_long) (left / 1000.0));
	add_assoc_long_ex(return_value, "nanoseconds", sizeof("nanoseconds") - 1,
		(zend_long) (fmod(left, 1000.0) * 1000000.0));
}

static ZEND_FUNCTION(igor_time_sleep_until)
{
	double target;
	double remaining;
	struct timeval now;

	ZEND_PARSE_PARAMETERS_START(1, 1)
		Z_PARAM_DOUBLE(target)
	ZEND_PARSE_PARAMETERS_END();
	/* Nanoseconds have to fit into 64 bits; NAN fails here, too. */
	if (!(target >= 0 && target <= LATEST_TIME)) {
		zend_argument_value_error(1, "must be between 0 and %" PRIu64, (uint64_t) LATEST_TIME);
		RETURN_THROWS();
	}
	gettimeofday(&now, NULL);
	remaining = target - ((double) now.tv_sec + (double) now.tv_usec / 1000000.0);
	if (remaining <= 0) {
		php_error_docref(NULL, E_WARNING, "Argument #1 ($timestamp) must be greater than or equal to the current time");
		RETURN_FALSE;
	}
	RETURN_BOOL(igor_host_sleep(remaining * 1000.0) <= 0);
}

/* From MINIT: the function table is this process's own and shared by all its requests. */
void igor_sleep_install(void)
{
	igor_replace_function("sleep", ZEND_FN(igor_sleep));
	igor_replace_function("usleep", ZEND_FN(igor_usleep));
	igor_replace_function("time_nanosleep", ZEND_FN(igor_time_nanosleep));
	igor_replace_function("time_sleep_until", ZEND_FN(igor_time_sleep_until));
}
