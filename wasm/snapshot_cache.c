#include "snapshot_cache.h"
#include "snapshot_format.h"

/*
 * Two arrays per entry, each with the version it was made from, and with the request that it belongs to:
 *  - shared: outside of request memory, only in the classic role, so that it survives requests. PHP may hold it without
 *    counting until the end of the request it was given to last: it is replaced and freed only by another request.
 *  - local: an ordinary array of one request (of one script, in the other roles); the entry owns one reference. User code
 *    may run until PHP's very last step of a request, so nothing is ever taken for "after the request": whoever looks
 *    compares the serial, and what belongs to another request is not touched, for its memory is gone.
 */
typedef struct {
	zval array;
	int32_t version;
	uint32_t serial;
	size_t size; /* about what the array takes, bytes */
} igor_cached_array;

struct igor_cache_entry {
	int32_t handle;
	uint32_t used; /* the clock when it was asked for last */
	uint32_t readings; /* that go on: autoloaders of enums are user code, and may read variables, too */
	igor_cached_array shared;
	igor_cached_array local;
};

#define READ_ATTEMPTS 8
/* What all entries of a thread may keep together, bytes; the least recently read goes first. */
#define KEPT_SIZE (32u << 20)
/* Decodings from one look for sidekicks that are gone to the next: each of them has to be asked about. */
#define DECODINGS_PER_LOOK 16
/* Bucket, hash slot and the headers of two strings. */
#define SIZE_PER_KEY 96

static HashTable entries;
static bool entries_ready;
static uint32_t clock_of_reads;
static uint32_t decodings;
/* Since the last look: a name that was never read before. */
static bool has_new;
static size_t kept_size;

static bool is_of_this_request(const igor_cached_array *cached)
{
	return cached->serial == igor_thread.request_serial;
}

static void empty(igor_cached_array *cached)
{
	ZVAL_UNDEF(&cached->array);
	cached->version = 0;
	kept_size -= cached->size;
	cached->size = 0;
}

static void fill(igor_cached_array *cached, const zval *array, int32_t version, uint32_t length)
{
	ZVAL_COPY_VALUE(&cached->array, array);
	cached->version = version;
	cached->serial = igor_thread.request_serial;
	cached->size = length + (size_t) zend_hash_num_elements(Z_ARRVAL_P(array)) * SIZE_PER_KEY;
	kept_size += cached->size;
}

/* Only when no request can hold it any more. */
static void drop_shared(igor_cached_array *shared)
{
	igor_snapshot_free_shared(&shared->array);
	empty(shared);
}

static void drop_local(igor_cached_array *local)
{
	zval array;

	ZVAL_COPY_VALUE(&array, &local->array);
	empty(local);
	/* Of an earlier request: its memory manager has reclaimed the memory. */
	if (is_of_this_request(local)) {
		zval_ptr_dtor(&array);
	}
}

/* Frees the entry except for what this request was given. True when nothing is left. */
static bool drop_what_is_free(igor_cache_entry *entry)
{
	drop_local(&entry->local);
	if (!is_of_this_request(&entry->shared)) {
		drop_shared(&entry->shared);
	}
	return Z_TYPE(entry->shared.array) == IS_UNDEF;
}

static void free_entry(zval *entry)
{
	pefree(Z_PTR_P(entry), true);
}

static int forget_if_gone(zval *value, void *kept)
{
	igor_cache_entry *entry = Z_PTR_P(value);

	if (entry == kept || entry->readings > 0 || igor_host_sidekick_is_current(entry->handle)) {
		return ZEND_HASH_APPLY_KEEP;
	}
	return drop_what_is_free(entry) ? ZEND_HASH_APPLY_REMOVE : ZEND_HASH_APPLY_KEEP;
}

static igor_cache_entry *least_recently_used(const igor_cache_entry *kept)
{
	igor_cache_entry *entry;
	igor_cache_entry *oldest = NULL;

	ZEND_HASH_MAP_FOREACH_PTR(&entries, entry) {
		bool is_free = entry->local.size > 0 || (entry->shared.size > 0 && !is_of_this_request(&entry->shared));

		if (entry != kept && is_free && (oldest == NULL || (int32_t) (entry->used - oldest->used) < 0)) {
			oldest = entry;
		}
	} ZEND_HASH_FOREACH_END();
	return oldest;
}

/* Forgets sidekicks that are gone and, when there is too much, what has not been read for the longest time. */
static void evict(igor_cache_entry *kept)
{
	igor_cache_entry *oldest;

	if (has_new || kept_size > KEPT_SIZE || ++decodings % DECODINGS_PER_LOOK == 0) {
		has_new = false;
		zend_hash_apply_with_argument(&entries, forget_if_gone, kept);
	}
	while (kept_size > KEPT_SIZE && (oldest = least_recently_used(kept)) != NULL) {
		drop_what_is_free(oldest);
	}
}

igor_cache_entry *igor_cache_find(zend_string *name)
{
	return entries_ready ? zend_hash_find_ptr(&entries, name) : NULL;
}

igor_cache_entry *igor_cache_store(zend_string *name, int32_t handle)
{
	igor_cache_entry *entry = igor_cache_find(name);

	if (entry == NULL) {
		igor_cache_entry fresh = {0};

		if (!entries_ready) {
			zend_hash_init(&entries, 8, NULL, free_entry, true);
			entries_ready = true;
		}
		ZVAL_UNDEF(&fresh.shared.array);
		ZVAL_UNDEF(&fresh.local.array);
		entry = zend_hash_str_add_mem(&entries, ZSTR_VAL(name), ZSTR_LEN(name), &fresh, sizeof(fresh));
		has_new = true;
	} else if (entry->handle != handle) {
		/* Versions of another handle say nothing about our arrays. */
		entry->shared.version = 0;
		entry->local.version = 0;
	}
	entry->handle = handle;
	return entry;
}

static bool read_snapshot(int32_t handle, uint32_t *length, int32_t *version)
{
	uint32_t capacity = igor_scratch_capacity();

	if (capacity == 0) {
		igor_scratch(4096);
	}
	for (int attempt = 0; attempt < READ_ATTEMPTS; attempt++) {
		int32_t result;

		capacity = igor_scratch_capacity();
		*length = capacity;
		result = igor_host_sidekick_read(handle, igor_scratch(capacity), length, version);
		if (result == 0) {
			return true;
		}
		if (result < 0) {
			return false;
		}
		/* With some room to spare: otherwise a slowly growing snapshot would need a second attempt each time. */
		igor_scratch(*length + *length / 4);
	}
	return false;
}

static bool decode_shared(igor_cache_entry *entry, int32_t version, uint32_t length, zval *result)
{
	zval array;

	if (!igor_snapshot_decode_shared(igor_scratch(0), length, &array)) {
		return false;
	}
	drop_shared(&entry->shared);
	fill(&entry->shared, &array, version, length);
	ZVAL_COPY_VALUE(result, &array);
	return true;
}

static bool decode_local(igor_cache_entry *entry, int32_t version, uint32_t length, zval *result)
{
	zval array;

	bool valid;

	entry->readings++;
	valid = igor_snapshot_decode(igor_scratch(0), length, &array);
	entry->readings--;
	if (!valid) {
		return false;
	}
	drop_local(&entry->local);
	fill(&entry->local, &array, version, length);
	ZVAL_COPY(result, &array);
	return true;
}

static bool read_anew(igor_cache_entry *entry, zval *result)
{
	bool to_shared = igor_thread.role == IGOR_ROLE_CLASSIC && !is_of_this_request(&entry->shared);
	uint32_t length;
	int32_t version;
	bool valid;

	/* Before the new array is made: both at once might be too much. */
	evict(entry);
	if (!read_snapshot(entry->handle, &length, &version)) {
		return false;
	}
	valid = (to_shared && decode_shared(entry, version, length, result)) || decode_local(entry, version, length, result);
	igor_scratch_trim();
	return valid;
}

bool igor_cache_get(igor_cache_entry *entry, zval *result)
{
	int32_t version = igor_host_sidekick_version(entry->handle);

	if (version == 0) {
		return false;
	}
	entry->used = ++clock_of_reads;
	if (version == entry->local.version && is_of_this_request(&entry->local)) {
		ZVAL_COPY(result, &entry->local.array);
		return true;
	}
	if (version == entry->shared.version && igor_thread.role == IGOR_ROLE_CLASSIC) {
		entry->shared.serial = igor_thread.request_serial;
		ZVAL_COPY_VALUE(result, &entry->shared.array);
		return true;
	}
	return read_anew(entry, result);
}

void igor_cache_end_request(void)
{
	igor_cache_entry *entry;

	if (!entries_ready) {
		return;
	}
	ZEND_HASH_MAP_FOREACH_PTR(&entries, entry) {
		drop_local(&entry->local);
	} ZEND_HASH_FOREACH_END();
}
