#include "snapshot_reader.h"
#include "strings.h"

/* One block: the tables of all arrays, the outermost first, then every string. Buckets are blocks of PHP's own. */
typedef struct {
	size_t count;
	HashTable tables[];
} shared_block;

typedef struct {
	igor_reader in;
	igor_read_levels open;
	HashTable *table; /* the next one that is free */
	char *string;     /* and where the next string goes */
} decoder;

static size_t place_size(uint32_t length)
{
	return ZEND_MM_ALIGNED_SIZE(_ZSTR_STRUCT_SIZE(length));
}

typedef struct {
	size_t strings; /* bytes */
	size_t tables;
} block_size;

static bool measure_key(igor_reader *in, block_size *size)
{
	uint8_t tag = igor_read_u8(in);
	zend_long index;

	if (tag == IGOR_TAG_STRING) {
		size->strings += place_size(igor_read_text(in).length);
	} else {
		igor_read_number(in, &index);
	}
	return tag == IGOR_TAG_STRING || tag == IGOR_TAG_INT;
}

static bool measure_value(igor_reader *in, igor_read_levels *open, block_size *size)
{
	uint8_t tag = igor_read_u8(in);
	zend_long number;

	switch (tag) {
		case IGOR_TAG_STRING:
			size->strings += place_size(igor_read_text(in).length);
			return true;
		case IGOR_TAG_INT:
		case IGOR_TAG_FLOAT:
			igor_read_number(in, &number);
			return true;
		case IGOR_TAG_NULL:
		case IGOR_TAG_FALSE:
		case IGOR_TAG_TRUE:
			return true;
		case IGOR_TAG_LIST:
		case IGOR_TAG_MAP:
			size->tables++;
			return igor_push_level(open, igor_read_array_head(in, tag));
		default:
			return false;
	}
}

/* How large the block has to be, and that the second reading will find everything whole. */
static bool measure(igor_reader in, block_size *size)
{
	igor_read_levels open = {0};
	bool valid = measure_value(&in, &open, size) && size->tables == 1;

	while (valid && in.valid && open.depth > 0) {
		igor_read_level *level = &open.levels[open.depth - 1];

		if (level->left == 0) {
			open.depth--;
			continue;
		}
		level->left--;
		valid = (!level->is_map || measure_key(&in, size)) && measure_value(&in, &open, size);
	}
	pefree(open.levels, true);
	return valid && in.valid;
}

static zend_string *place(decoder *decoder, igor_slice text)
{
	zend_string *string = igor_string_place(decoder->string, text.bytes, text.length, 0);

	decoder->string += place_size(text.length);
	return string;
}

static void begin_array(decoder *decoder, uint8_t tag, zval *value)
{
	igor_read_level level = igor_read_array_head(&decoder->in, tag);

	level.table = decoder->table++;
	zend_hash_init(level.table, level.left, NULL, NULL, true);
	if (level.left > 0 && level.is_map) {
		zend_hash_real_init_mixed(level.table);
	} else if (level.left > 0) {
		zend_hash_real_init_packed(level.table);
	}
	ZVAL_ARR(value, level.table);
	Z_TYPE_FLAGS_P(value) = 0;
	igor_push_level(&decoder->open, level);
}

/* Marked as opcache marks its own: not counted, not collected, separated on write. */
static void end_array(igor_read_level *level)
{
	igor_end_array(level);
	GC_SET_REFCOUNT(level->table, 2);
	GC_TYPE_INFO(level->table) = GC_ARRAY | ((IS_ARRAY_IMMUTABLE | GC_NOT_COLLECTABLE) << GC_FLAGS_SHIFT);
}

static void read_value(decoder *decoder, zval *value)
{
	uint8_t tag = igor_read_u8(&decoder->in);

	if (tag == IGOR_TAG_STRING) {
		ZVAL_INTERNED_STR(value, place(decoder, igor_read_text(&decoder->in)));
	} else if (!igor_read_scalar(&decoder->in, tag, value)) {
		begin_array(decoder, tag, value);
	}
}

static void read_element(decoder *decoder)
{
	igor_read_level *level = &decoder->open.levels[decoder->open.depth - 1];
	zend_string *key = NULL;
	zend_long index = 0;
	zval value;

	level->left--;
	if (level->is_map && igor_read_u8(&decoder->in) == IGOR_TAG_STRING) {
		key = place(decoder, igor_read_text(&decoder->in));
	} else if (level->is_map) {
		igor_read_number(&decoder->in, &index);
	}
	read_value(decoder, &value);
	if (key != NULL) {
		zend_hash_update(level->table, key, &value);
	} else if (level->is_map) {
		zend_hash_index_update(level->table, index, &value);
	} else {
		zend_hash_next_index_insert_new(level->table, &value);
	}
}

bool igor_snapshot_decode_shared(const char *bytes, uint32_t length, zval *array)
{
	decoder decoder = {.in = {bytes, bytes + length, true}};
	block_size size = {0};
	shared_block *block;

	if (igor_read_header(&decoder.in) != 0 || !measure(decoder.in, &size)) {
		return false;
	}
	block = pemalloc(sizeof(*block) + size.tables * sizeof(HashTable) + size.strings, true);
	block->count = size.tables;
	decoder.table = block->tables;
	decoder.string = (char *) (block->tables + size.tables);
	read_value(&decoder, array);
	while (decoder.open.depth > 0) {
		igor_read_level *level = &decoder.open.levels[decoder.open.depth - 1];

		if (level->left > 0) {
			read_element(&decoder);
		} else {
			end_array(level);
			decoder.open.depth--;
		}
	}
	pefree(decoder.open.levels, true);
	return true;
}

void igor_snapshot_free_shared(zval *array)
{
	if (Z_TYPE_P(array) == IS_ARRAY) {
		shared_block *block = (shared_block *) ((char *) Z_ARRVAL_P(array) - offsetof(shared_block, tables));

		for (size_t i = 0; i < block->count; i++) {
			if ((HT_FLAGS(&block->tables[i]) & HASH_FLAG_UNINITIALIZED) == 0) {
				pefree(HT_GET_DATA_ADDR(&block->tables[i]), true);
			}
		}
		pefree(block, true);
	}
	ZVAL_UNDEF(array);
}
