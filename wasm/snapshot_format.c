#include "snapshot_format.h"
#include "strings.h"

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

uint64_t igor_snapshot_size(HashTable *vars)
{
	uint64_t size = 4;
	zend_string *key;
	zval *value;

	ZEND_HASH_FOREACH_STR_KEY_VAL(vars, key, value) {
		ZVAL_DEREF(value);
		size += 8 + (uint64_t) ZSTR_LEN(key) + Z_STRLEN_P(value);
	} ZEND_HASH_FOREACH_END();
	return size;
}

static char *write_u32(char *destination, uint32_t number)
{
	memcpy(destination, &number, 4);
	return destination + 4;
}

static char *write_string(char *destination, const zend_string *string)
{
	destination = write_u32(destination, (uint32_t) ZSTR_LEN(string));
	memcpy(destination, ZSTR_VAL(string), ZSTR_LEN(string));
	return destination + ZSTR_LEN(string);
}

void igor_snapshot_encode(HashTable *vars, char *destination)
{
	zend_string *key;
	zval *value;

	destination = write_u32(destination, zend_hash_num_elements(vars));
	ZEND_HASH_FOREACH_STR_KEY_VAL(vars, key, value) {
		ZVAL_DEREF(value);
		destination = write_string(destination, key);
		destination = write_string(destination, Z_STR_P(value));
	} ZEND_HASH_FOREACH_END();
}

typedef struct {
	const char *cursor;
	const char *end;
	bool valid;
} reader;

typedef struct {
	const char *bytes;
	uint32_t length;
} slice;

static uint32_t read_u32(reader *in)
{
	uint32_t number = 0;

	if (in->end - in->cursor < 4) {
		in->valid = false;
		return 0;
	}
	memcpy(&number, in->cursor, 4);
	in->cursor += 4;
	return number;
}

static slice read_slice(reader *in)
{
	slice text = {NULL, read_u32(in)};

	if (!in->valid || (uint32_t) (in->end - in->cursor) < text.length) {
		in->valid = false;
		text.length = 0;
	}
	text.bytes = in->cursor;
	in->cursor += text.length;
	return text;
}

bool igor_snapshot_decode(const char *bytes, uint32_t length, zval *array)
{
	reader in = {bytes, bytes + length, true};
	uint32_t count = read_u32(&in);

	/* Each entry has at least its two lengths: a damaged count cannot ask for more memory than that. */
	if (count > length / 8) {
		return false;
	}
	array_init_size(array, count);
	for (uint32_t i = 0; i < count && in.valid; i++) {
		slice key = read_slice(&in);
		slice value = read_slice(&in);
		zval entry;

		ZVAL_STR(&entry, zend_string_init_fast(value.bytes, value.length));
		zend_hash_str_update(Z_ARRVAL_P(array), key.bytes, key.length, &entry);
	}
	if (!in.valid) {
		zval_ptr_dtor(array);
		ZVAL_UNDEF(array);
	}
	return in.valid;
}

/* One block: the HashTable's header, then every string. Its buckets are a second one, made by PHP. */
typedef struct {
	HashTable table;
	char strings[];
} shared_block;

static size_t shared_size(reader in, uint32_t count)
{
	size_t size = sizeof(shared_block);

	for (uint32_t i = 0; i < 2 * count && in.valid; i++) {
		size += ZEND_MM_ALIGNED_SIZE(_ZSTR_STRUCT_SIZE(read_slice(&in).length));
	}
	return in.valid ? size : 0;
}

static zend_string *place(char **memory, slice text)
{
	zend_string *string = igor_string_place(*memory, text.bytes, text.length, 0);

	*memory += ZEND_MM_ALIGNED_SIZE(_ZSTR_STRUCT_SIZE(text.length));
	return string;
}

bool igor_snapshot_decode_shared(const char *bytes, uint32_t length, zval *array)
{
	reader in = {bytes, bytes + length, true};
	uint32_t count = read_u32(&in);
	size_t size = count > length / 8 ? 0 : shared_size(in, count);
	shared_block *block;
	char *memory;

	if (size == 0) {
		return false;
	}
	if (count == 0) {
		ZVAL_EMPTY_ARRAY(array);
		return true;
	}
	block = pemalloc(size, true);
	memory = block->strings;
	zend_hash_init(&block->table, count, NULL, NULL, true);
	zend_hash_real_init_mixed(&block->table);
	for (uint32_t i = 0; i < count; i++) {
		zend_string *key = place(&memory, read_slice(&in));
		zval value;

		ZVAL_INTERNED_STR(&value, place(&memory, read_slice(&in)));
		zend_hash_update(&block->table, key, &value);
	}
	/* Marked as opcache marks its own: not counted, not collected, separated on write. */
	GC_SET_REFCOUNT(&block->table, 2);
	GC_TYPE_INFO(&block->table) = GC_ARRAY | ((IS_ARRAY_IMMUTABLE | GC_NOT_COLLECTABLE) << GC_FLAGS_SHIFT);
	ZVAL_ARR(array, &block->table);
	Z_TYPE_FLAGS_P(array) = 0;
	return true;
}

void igor_snapshot_free_shared(zval *array)
{
	if (Z_TYPE_P(array) == IS_ARRAY && Z_ARRVAL_P(array) != &zend_empty_array) {
		HashTable *table = Z_ARRVAL_P(array);

		/* The table is the first member of its block. */
		pefree(HT_GET_DATA_ADDR(table), true);
		pefree(table, true);
	}
	ZVAL_UNDEF(array);
}
