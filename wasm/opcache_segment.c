/*
 * opcache's segment, as the host needs it to copy it between threads: where it is, how much of it is in use, and what tells
 * whether two threads have started identically. Pointers in the segment lead to classes and functions of PHP itself, which
 * lie in the thread's own memory: a copy is good only where these have the same addresses.
 */
#include "igor.h"

#include <time.h>

/* zend_shared_alloc.h and ZendAccelerator.h, which are not installed; the same since PHP 8.0. */
typedef struct {
	size_t size;
	size_t end;
	size_t used;
	void *base;
} segment;

extern struct {
	segment **segments;
	int count;
	size_t free;
	size_t wasted;
	bool exhausted;
	int *positions;
	size_t positions_free;
	char *shared;
} *smm_shared_globals;

/* Where the memory in use ends; exported by php.wasm. */
extern uintptr_t *emscripten_get_sbrk_ptr(void);

/* A part of zend_accel_shared_globals, behind counters and tables whose number differs between versions. */
typedef struct {
	time_t start_time;
	time_t last_restart_time;
	time_t force_restart_time;
	bool accelerator_enabled;
	bool restart_pending;
} shared_state;

/* Where it begins at least, and at most. */
#define STATE_FROM 64
#define STATE_TO 128
/* Longer than PHP has been starting, seconds. */
#define LONGEST_START 60
#define PROBE 48

static uint64_t mix(uint64_t hash, uint64_t value)
{
	hash = (hash ^ value) * UINT64_C(0x9E3779B97F4A7C15);
	return hash ^ (hash >> 29);
}

static uint64_t mix_pointer(uint64_t hash, const void *pointer)
{
	return mix(hash, (uintptr_t) pointer);
}

/* What has which name, and where both lie. Not whole buckets: what a pointer does not fill is left as it was. */
static uint64_t mix_table(uint64_t hash, const HashTable *table)
{
	hash = mix(hash, table->nNumUsed);
	for (uint32_t i = 0; i < table->nNumUsed; i++) {
		const Bucket *bucket = &table->arData[i];

		hash = mix(hash, bucket->h);
		hash = mix_pointer(hash, bucket->key);
		hash = mix_pointer(hash, Z_PTR(bucket->val));
	}
	return hash;
}

/* NULL = not where we know it to be. */
static const shared_state *find_state(const char *shared)
{
	time_t now = time(NULL);

	for (size_t at = STATE_FROM; at <= STATE_TO; at += sizeof(time_t)) {
		const shared_state *state = (const shared_state *) (shared + at);

		if (state->start_time <= now && state->start_time > now - LONGEST_START && state->last_restart_time == 0 &&
			state->force_restart_time == 0 && state->accelerator_enabled && !state->restart_pending) {
			return state;
		}
	}
	return NULL;
}

int32_t igor_entry_opcache(struct igor_opcache_segment *out)
{
	const segment *only;
	const shared_state *state;
	uint64_t hash = PHP_VERSION_ID;
	const char *preload = INI_STR("opcache.preload");
	uintptr_t top = *emscripten_get_sbrk_ptr();
	void *probe;

	if (smm_shared_globals == NULL || smm_shared_globals->count != 1 || (preload != NULL && *preload != '\0')) {
		return 0;
	}
	only = smm_shared_globals->segments[0];
	state = find_state(smm_shared_globals->shared);
	if (state == NULL) {
		return 0;
	}
	probe = malloc(PROBE);
	hash = mix_pointer(hash, probe);
	free(probe);
	hash = mix(hash, top);
	hash = mix(hash, only->size);
	hash = mix(hash, only->used);
	hash = mix_pointer(hash, only->base);
	hash = mix_pointer(hash, smm_shared_globals->shared);
	hash = mix_table(hash, CG(class_table));
	hash = mix_table(hash, CG(function_table));
	hash = mix_table(hash, EG(zend_constants));
	hash = mix_table(hash, EG(ini_directives));
	hash = mix_table(hash, &module_registry);
	out->base = (uint32_t) (uintptr_t) only->base;
	out->size = (uint32_t) only->size;
	out->used = (uint32_t) (uintptr_t) &only->used;
	out->restart_pending = (uint32_t) (uintptr_t) &state->restart_pending;
	out->exhausted = (uint32_t) (uintptr_t) &smm_shared_globals->exhausted;
	out->fingerprint[0] = (uint32_t) hash;
	out->fingerprint[1] = (uint32_t) (hash >> 32);
	out->freshness = INI_BOOL("opcache.validate_timestamps") ? (int32_t) INI_INT("opcache.revalidate_freq") : -1;
	return 1;
}
