/* Takes an encoded snapshot apart, piece by piece, and never beyond its end. */
#ifndef IGOR_SNAPSHOT_READER_H
#define IGOR_SNAPSHOT_READER_H

#include "snapshot_format.h"

typedef struct {
	const char *cursor;
	const char *end;
	bool valid; /* false after a piece that was not there: what was returned for it is empty */
} igor_reader;

typedef struct {
	const char *bytes;
	uint32_t length;
} igor_slice;

/* Least bytes of an element: the tag of a value, and a key with its length. */
#define IGOR_MIN_LIST_ELEMENT 1
#define IGOR_MIN_MAP_ELEMENT 6

static zend_always_inline const char *igor_read(igor_reader *in, uint32_t length)
{
	const char *start = in->cursor;

	if (UNEXPECTED((size_t) (in->end - start) < length)) {
		in->valid = false;
		in->cursor = in->end;
		return NULL;
	}
	in->cursor += length;
	return start;
}

static zend_always_inline uint8_t igor_read_u8(igor_reader *in)
{
	const char *at = igor_read(in, 1);

	return at == NULL ? 0 : (uint8_t) *at;
}

static zend_always_inline uint32_t igor_read_u32(igor_reader *in)
{
	const char *at = igor_read(in, 4);
	uint32_t number = 0;

	if (at != NULL) {
		memcpy(&number, at, 4);
	}
	return number;
}

/* Eight bytes: an int or a float. */
static zend_always_inline void igor_read_number(igor_reader *in, void *number)
{
	const char *at = igor_read(in, 8);

	if (at == NULL) {
		memset(number, 0, 8);
	} else {
		memcpy(number, at, 8);
	}
}

static zend_always_inline igor_slice igor_read_text(igor_reader *in)
{
	uint32_t length = igor_read_u32(in);
	const char *bytes = igor_read(in, length);

	return bytes == NULL ? (igor_slice) {"", 0} : (igor_slice) {bytes, length};
}

/* An array that is being read. */
typedef struct {
	HashTable *table;
	uint32_t left; /* elements */
	bool is_map;
	zend_long next_index;
} igor_read_level;

/* The arrays around what is being read, from the outermost to the innermost. */
typedef struct {
	igor_read_level *levels;
	uint32_t depth;
	uint32_t capacity;
} igor_read_levels;

static inline bool igor_push_level(igor_read_levels *open, igor_read_level level)
{
	if (open->depth == IGOR_SNAPSHOT_MAX_DEPTH) {
		return false;
	}
	if (open->depth == open->capacity) {
		open->capacity = open->capacity == 0 ? 16 : 2 * open->capacity;
		open->levels = perealloc(open->levels, open->capacity * sizeof(igor_read_level), true);
	}
	open->levels[open->depth++] = level;
	return true;
}

/* What follows the tag of an array; refuses a count that its bytes cannot hold, so that it cannot ask for more memory. */
static inline igor_read_level igor_read_array_head(igor_reader *in, uint8_t tag)
{
	igor_read_level level = {.left = igor_read_u32(in), .is_map = tag == IGOR_TAG_MAP};
	uint32_t least = level.is_map ? IGOR_MIN_MAP_ELEMENT : IGOR_MIN_LIST_ELEMENT;

	if (level.is_map) {
		igor_read_number(in, &level.next_index);
	} else {
		level.next_index = level.left;
	}
	if (tag != IGOR_TAG_MAP && tag != IGOR_TAG_LIST) {
		in->valid = false;
	}
	if (level.left > (size_t) (in->end - in->cursor) / least) {
		in->valid = false;
	}
	return level;
}

/* The next free index of an array that is whole; never one that an element has. */
static inline void igor_end_array(const igor_read_level *level)
{
	if (level->is_map && level->next_index > level->table->nNextFreeElement) {
		level->table->nNextFreeElement = level->next_index;
	}
}

/* A value that is the same in every array, of one request or of all; false: the tag is of another one. */
static zend_always_inline bool igor_read_scalar(igor_reader *in, uint8_t tag, zval *value)
{
	switch (tag) {
		case IGOR_TAG_NULL:
			ZVAL_NULL(value);
			return true;
		case IGOR_TAG_FALSE:
			ZVAL_FALSE(value);
			return true;
		case IGOR_TAG_TRUE:
			ZVAL_TRUE(value);
			return true;
		case IGOR_TAG_INT:
			ZVAL_LONG(value, 0);
			igor_read_number(in, &Z_LVAL_P(value));
			return true;
		case IGOR_TAG_FLOAT:
			ZVAL_DOUBLE(value, 0);
			igor_read_number(in, &Z_DVAL_P(value));
			return true;
		default:
			return false;
	}
}

/* The header, up to the tag of the array. Returns the flags. */
static inline uint8_t igor_read_header(igor_reader *in)
{
	if (igor_read_u8(in) != IGOR_SNAPSHOT_FORMAT) {
		in->valid = false;
	}
	return igor_read_u8(in);
}

#endif
