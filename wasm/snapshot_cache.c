#include "snapshot_cache.h"
#include "snapshot.h"

/*
 * Two arrays per entry, each with the version it was made from:
 *  - shared: outside of request memory, only in the classic role, so that it survives requests. PHP may hold it without
 *    counting until the end of the request it was given to: it is replaced only while this request has not got it.
 *  - local: an ordinary array of this request (of this script, in the other roles); the entry owns one reference.
 */
struct igor_cache_entry {
	int32_t handle;
	int32_t shared_version;
	int32_t local_version;
	uint32_t shared_serial; /* the request that was given `shared` last */
	zval shared;
	zval local;
};

#define READ_ATTEMPTS 8

static HashTable entries;
static bool entries_ready;

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
			zend_hash_init(&entries, 8, NULL, NULL, true);
			entries_ready = true;
		}
		ZVAL_UNDEF(&fresh.shared);
		ZVAL_UNDEF(&fresh.local);
		entry = zend_hash_str_add_mem(&entries, ZSTR_VAL(name), ZSTR_LEN(name), &fresh, sizeof(fresh));
	} else if (entry->handle != handle) {
		/* Versions of another handle say nothing about the arrays that we have. */
		entry->shared_version = 0;
		entry->local_version = 0;
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
		/* Some room to spare: a snapshot that grows a little each time would need a new attempt each time. */
		igor_scratch(*length + *length / 4);
	}
	return false;
}

static bool refresh(igor_cache_entry *entry)
{
	bool to_shared = igor_thread.role == IGOR_ROLE_CLASSIC && entry->shared_serial != igor_thread.request_serial;
	uint32_t length;
	int32_t version;
	zval array;
	bool valid;

	if (!read_snapshot(entry->handle, &length, &version)) {
		return false;
	}
	ZVAL_UNDEF(&array);
	if (to_shared) {
		valid = igor_snapshot_decode_shared(igor_scratch(0), length, &array);
		if (valid) {
			igor_snapshot_free_shared(&entry->shared);
			ZVAL_COPY_VALUE(&entry->shared, &array);
			entry->shared_version = version;
		}
	} else {
		valid = igor_snapshot_decode(igor_scratch(0), length, &array);
		if (valid) {
			zval before;

			/* The destructor of the old array comes last: it must find the entry complete. */
			ZVAL_COPY_VALUE(&before, &entry->local);
			ZVAL_COPY_VALUE(&entry->local, &array);
			entry->local_version = version;
			zval_ptr_dtor(&before);
		}
	}
	igor_scratch_trim();
	return valid;
}

static bool give_current(igor_cache_entry *entry, int32_t version, zval *result)
{
	if (version == entry->local_version && Z_TYPE(entry->local) != IS_UNDEF) {
		ZVAL_COPY(result, &entry->local);
		return true;
	}
	if (version == entry->shared_version && igor_thread.role == IGOR_ROLE_CLASSIC && Z_TYPE(entry->shared) != IS_UNDEF) {
		entry->shared_serial = igor_thread.request_serial;
		ZVAL_COPY_VALUE(result, &entry->shared);
		return true;
	}
	return false;
}

bool igor_cache_get(igor_cache_entry *entry, zval *result)
{
	int32_t version = igor_host_sidekick_version(entry->handle);

	if (version == 0) {
		return false;
	}
	if (give_current(entry, version, result)) {
		return true;
	}
	if (!refresh(entry)) {
		return false;
	}
	/* The read may have found a later version than the one asked for: give what was read. */
	version = entry->shared_version;
	if (igor_thread.role != IGOR_ROLE_CLASSIC || entry->shared_serial == igor_thread.request_serial) {
		version = entry->local_version;
	}
	return give_current(entry, version, result);
}

void igor_cache_end_request(void)
{
	igor_cache_entry *entry;

	if (!entries_ready) {
		return;
	}
	ZEND_HASH_MAP_FOREACH_PTR(&entries, entry) {
		zval_ptr_dtor(&entry->local);
		ZVAL_UNDEF(&entry->local);
		entry->local_version = 0;
	} ZEND_HASH_FOREACH_END();
}
