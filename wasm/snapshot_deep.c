#include "snapshot_format.h"

/*
 * PHP frees arrays by recursion, so one that is nested very deeply would exhaust the stack, in whatever thread it was sent to.
 * Arrays from a certain depth on have a destructor of their own for what they hold: it puts arrays on a list, which the
 * outermost call works off.
 */

#define KEPT_CAPACITY 256

static zend_array **waiting;
static uint32_t count;
static uint32_t capacity;
static bool is_going_on;
/* A script that ends in the middle leaves a list of what its request had. */
static uint32_t serial;

static void keep(zend_array *array)
{
	if (count == capacity) {
		capacity = capacity == 0 ? KEPT_CAPACITY : 2 * capacity;
		waiting = perealloc(waiting, capacity * sizeof(*waiting), true);
	}
	waiting[count++] = array;
}

static void free_waiting(void)
{
	is_going_on = true;
	while (count > 0) {
		zval array;

		ZVAL_ARR(&array, waiting[--count]);
		zval_ptr_dtor(&array);
	}
	is_going_on = false;
	if (capacity > KEPT_CAPACITY) {
		pefree(waiting, true);
		waiting = NULL;
		capacity = 0;
	}
}

static void release(zval *element)
{
	if (Z_TYPE_P(element) != IS_ARRAY || !Z_REFCOUNTED_P(element) || Z_REFCOUNT_P(element) > 1) {
		zval_ptr_dtor(element);
		return;
	}
	if (serial != igor_thread.request_serial) {
		serial = igor_thread.request_serial;
		count = 0;
		is_going_on = false;
	}
	keep(Z_ARRVAL_P(element));
	if (!is_going_on) {
		free_waiting();
	}
}

void igor_snapshot_is_deep(HashTable *array)
{
	array->pDestructor = release;
}
