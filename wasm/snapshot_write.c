#include "snapshot_format.h"
#include "zend_enum.h"

/* An array that is being written, and how far that is. */
typedef struct {
	HashTable *table;
	uint32_t position;
} level;

typedef struct {
	char *buffer; /* the scratch memory */
	uint32_t capacity;
	uint32_t limit;
	bool follows_references;
	uint64_t size; /* so far, also of what is beyond the limit and therefore not written */
	uint8_t flags;
	level *levels; /* from the outermost array to the innermost */
	uint32_t depth;
} writer;

#define LEVELS_AT_FIRST 16
/* Of a path. */
#define LEVELS_SHOWN 32

/* A place for so many bytes; NULL beyond the limit. */
static zend_always_inline char *reserve(writer *out, uint64_t length)
{
	uint64_t start = out->size;

	out->size += length;
	if (EXPECTED(out->size <= out->capacity)) {
		return out->buffer + start;
	}
	if (out->size > out->limit) {
		return NULL;
	}
	out->buffer = igor_scratch((uint32_t) MIN(out->limit, out->size + out->size / 2));
	out->capacity = MIN(out->limit, igor_scratch_capacity());
	return out->buffer + start;
}

static zend_always_inline void write_tag(writer *out, enum igor_tag tag)
{
	char *to = reserve(out, 1);

	if (to != NULL) {
		*to = (char) tag;
	}
}

/* A tag and eight bytes. */
static void write_number(writer *out, enum igor_tag tag, const void *bytes)
{
	char *to = reserve(out, 9);

	if (to != NULL) {
		*to = (char) tag;
		memcpy(to + 1, bytes, 8);
	}
}

static zend_always_inline void write_text(writer *out, const zend_string *text)
{
	uint32_t length = (uint32_t) ZSTR_LEN(text);
	char *to = reserve(out, 4 + (uint64_t) length);

	if (to != NULL) {
		memcpy(to, &length, 4);
		memcpy(to + 4, ZSTR_VAL(text), length);
	}
}

static bool is_list(HashTable *table)
{
	return HT_IS_PACKED(table) && HT_IS_WITHOUT_HOLES(table) && table->nNextFreeElement == (zend_long) table->nNumUsed;
}

static void write_array_head(writer *out, HashTable *table)
{
	uint32_t count = zend_hash_num_elements(table);
	int64_t next = table->nNextFreeElement;
	bool list = is_list(table);
	char *to = reserve(out, list ? 5 : 13);

	if (to != NULL) {
		*to = (char) (list ? IGOR_TAG_LIST : IGOR_TAG_MAP);
		memcpy(to + 1, &count, 4);
		if (!list) {
			memcpy(to + 5, &next, 8);
		}
	}
}

static void enter(writer *out, HashTable *table)
{
	if (out->depth >= LEVELS_AT_FIRST && (out->depth & (out->depth - 1)) == 0) {
		out->levels = safe_erealloc(out->levels, out->depth, 2 * sizeof(level), 0);
	}
	write_array_head(out, table);
	out->levels[out->depth++] = (level) {table, 0};
}

/* The next element of the innermost array; NULL at its end. */
static zend_always_inline const zval *next_element(level *innermost, zend_string **key, zend_ulong *index)
{
	HashTable *table = innermost->table;

	while (innermost->position < table->nNumUsed) {
		uint32_t position = innermost->position++;
		const zval *value;

		if (HT_IS_PACKED(table)) {
			value = table->arPacked + position;
			*key = NULL;
			*index = position;
		} else {
			const Bucket *bucket = table->arData + position;

			value = &bucket->val;
			*key = bucket->key;
			*index = bucket->h;
		}
		if (Z_TYPE_P(value) != IS_UNDEF) {
			return value;
		}
	}
	return NULL;
}

/* Where the innermost element is, as PHP would write it, or at least where to begin to look. */
static zend_string *path_of(const writer *out)
{
	zend_string *path = ZSTR_EMPTY_ALLOC();

	for (uint32_t depth = 0; depth < MIN(out->depth, LEVELS_SHOWN); depth++) {
		level before = {out->levels[depth].table, out->levels[depth].position - 1};
		zend_string *outer = path;
		zend_string *key;
		zend_ulong index;

		next_element(&before, &key, &index);
		path = key != NULL ? zend_strpprintf(0, "%s[\"%s\"]", ZSTR_VAL(outer), ZSTR_VAL(key))
			: zend_strpprintf(0, "%s[" ZEND_LONG_FMT "]", ZSTR_VAL(outer), (zend_long) index);
		zend_string_release(outer);
	}
	if (out->depth > LEVELS_SHOWN) {
		zend_string *start = path;

		path = zend_strpprintf(0, "%s[…]", ZSTR_VAL(start));
		zend_string_release(start);
	}
	return path;
}

static igor_write_result write_value(writer *out, const zval *value)
{
	/* With one owner it is a reference no longer. */
	if (Z_ISREF_P(value) && (out->follows_references || Z_REFCOUNT_P(value) == 1)) {
		value = Z_REFVAL_P(value);
	}
	switch (Z_TYPE_P(value)) {
		case IS_STRING:
			write_tag(out, IGOR_TAG_STRING);
			write_text(out, Z_STR_P(value));
			return IGOR_WRITTEN;
		case IS_NULL:
			write_tag(out, IGOR_TAG_NULL);
			return IGOR_WRITTEN;
		case IS_FALSE:
			write_tag(out, IGOR_TAG_FALSE);
			return IGOR_WRITTEN;
		case IS_TRUE:
			write_tag(out, IGOR_TAG_TRUE);
			return IGOR_WRITTEN;
		case IS_LONG:
			write_number(out, IGOR_TAG_INT, &Z_LVAL_P(value));
			return IGOR_WRITTEN;
		case IS_DOUBLE:
			write_number(out, IGOR_TAG_FLOAT, &Z_DVAL_P(value));
			return IGOR_WRITTEN;
		case IS_ARRAY:
			if (out->depth >= IGOR_SNAPSHOT_MAX_DEPTH) {
				return IGOR_TOO_DEEP;
			}
			enter(out, Z_ARRVAL_P(value));
			return IGOR_WRITTEN;
		case IS_OBJECT:
			if ((Z_OBJCE_P(value)->ce_flags & ZEND_ACC_ENUM) == 0) {
				return IGOR_BAD_VALUE;
			}
			out->flags |= IGOR_SNAPSHOT_HAS_ENUMS;
			write_tag(out, IGOR_TAG_ENUM);
			write_text(out, Z_OBJCE_P(value)->name);
			write_text(out, Z_STR_P(zend_enum_fetch_case_name(Z_OBJ_P(value))));
			return IGOR_WRITTEN;
		default:
			return IGOR_BAD_VALUE;
	}
}

static igor_write_result write_all(writer *out, igor_written *written)
{
	zend_string *key;
	zend_ulong index;

	while (out->depth > 0) {
		level *innermost = &out->levels[out->depth - 1];
		bool list = is_list(innermost->table);
		const zval *value;
		uint32_t depth = out->depth;

		while ((value = next_element(innermost, &key, &index)) != NULL) {
			igor_write_result result;

			if (key != NULL) {
				write_tag(out, IGOR_TAG_STRING);
				write_text(out, key);
			} else if (!list) {
				write_number(out, IGOR_TAG_INT, &index);
			}
			result = write_value(out, value);
			if (UNEXPECTED(result != IGOR_WRITTEN)) {
				written->refused = value;
				written->path = path_of(out);
				return result;
			}
			if (out->depth > depth) {
				break;
			}
		}
		if (value == NULL) {
			out->depth--;
		}
	}
	return IGOR_WRITTEN;
}

igor_write_result igor_snapshot_write(HashTable *vars, uint32_t limit, bool follow_references, igor_written *written)
{
	writer out = {.limit = limit, .follows_references = follow_references, .levels = safe_emalloc(LEVELS_AT_FIRST, sizeof(level), 0)};
	igor_write_result result;

	memset(written, 0, sizeof(*written));
	out.buffer = igor_scratch(4096);
	out.capacity = MIN(limit, igor_scratch_capacity());
	reserve(&out, IGOR_SNAPSHOT_HEADER);
	enter(&out, vars);
	result = write_all(&out, written);
	efree(out.levels);
	written->size = out.size;
	if (result == IGOR_WRITTEN && out.size > limit) {
		return IGOR_TOO_LARGE;
	}
	if (result == IGOR_WRITTEN) {
		out.buffer[0] = IGOR_SNAPSHOT_FORMAT;
		out.buffer[1] = (char) out.flags;
	}
	return result;
}
