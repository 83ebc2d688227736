#include "snapshot_format.h"

#define SCRATCH_KEPT (1u << 20)

static char *scratch;
static uint32_t scratch_capacity;

char *igor_scratch(uint32_t capacity)
{
	if (capacity > scratch_capacity) {
		uint32_t grown = capacity < 4096 ? 4096 : capacity;

		scratch = perealloc(scratch, grown, true);
		scratch_capacity = grown;
	}
	return scratch;
}

uint32_t igor_scratch_capacity(void)
{
	return scratch_capacity;
}

void igor_scratch_trim(void)
{
	if (scratch_capacity > SCRATCH_KEPT) {
		pefree(scratch, true);
		scratch = NULL;
		scratch_capacity = 0;
	}
}
