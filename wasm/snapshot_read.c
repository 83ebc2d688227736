#include "snapshot_reader.h"
#include "zend_enum.h"

typedef struct {
	igor_reader in;
	igor_read_levels open;
} decoder;

/* The reader's own case; false: it has no such enum (an exception is thrown), or none of that name. */
static bool read_enum(igor_reader *in, zval *value)
{
	igor_slice class_text = igor_read_text(in);
	igor_slice case_text = igor_read_text(in);
	zend_string *class_name;
	zend_class_entry *ce;
	zend_class_constant *constant;

	if (!in->valid) {
		return false;
	}
	class_name = zend_string_init(class_text.bytes, class_text.length, false);
	ce = zend_lookup_class(class_name);
	zend_string_release(class_name);
	if (EG(exception) != NULL) {
		return false;
	}
	if (ce == NULL || (ce->ce_flags & ZEND_ACC_ENUM) == 0) {
		zend_throw_exception_ex(spl_ce_RuntimeException, 0,
			"Cannot read the values: they contain %.*s::%.*s, and there is no enum \"%.*s\" here; "
			"its class must be loadable where they are read", (int) class_text.length, class_text.bytes,
			(int) case_text.length, case_text.bytes, (int) class_text.length, class_text.bytes);
		return false;
	}
	constant = zend_hash_str_find_ptr(&ce->constants_table, case_text.bytes, case_text.length);
	if (constant == NULL || (ZEND_CLASS_CONST_FLAGS(constant) & ZEND_CLASS_CONST_IS_CASE) == 0) {
		zend_throw_exception_ex(spl_ce_RuntimeException, 0,
			"Cannot read the values: the enum \"%.*s\" has no case \"%.*s\" here", (int) class_text.length,
			class_text.bytes, (int) case_text.length, case_text.bytes);
		return false;
	}
	if (Z_TYPE(constant->value) == IS_CONSTANT_AST && zval_update_constant_ex(&constant->value, ce) == FAILURE) {
		return false;
	}
	ZVAL_COPY(value, &constant->value);
	return true;
}

/* Begins an array in `to`: its elements come next. */
static bool begin_array(decoder *decoder, uint8_t tag, zval *to)
{
	igor_read_level level = igor_read_array_head(&decoder->in, tag);

	if (!decoder->in.valid) {
		return false;
	}
	array_init_size(to, level.left);
	level.table = Z_ARRVAL_P(to);
	if (UNEXPECTED(decoder->open.depth >= IGOR_SNAPSHOT_DEEP)) {
		igor_snapshot_is_deep(level.table);
	}
	if (level.left > 0 && !level.is_map) {
		zend_hash_real_init_packed(level.table);
	}
	return igor_push_level(&decoder->open, level);
}

/* Reads one value; of an array its head only. */
static zend_always_inline bool read_value(decoder *decoder, zval *value)
{
	igor_reader *in = &decoder->in;
	uint8_t tag = igor_read_u8(in);

	switch (tag) {
		case IGOR_TAG_STRING: {
			igor_slice text = igor_read_text(in);

			ZVAL_STR(value, zend_string_init_fast(text.bytes, text.length));
			return true;
		}
		case IGOR_TAG_ENUM:
			return read_enum(in, value);
		default:
			return igor_read_scalar(in, tag, value) || begin_array(decoder, tag, value);
	}
}

static bool read_element(decoder *decoder)
{
	igor_read_level *level = &decoder->open.levels[decoder->open.depth - 1];
	HashTable *table = level->table;
	bool is_map = level->is_map;
	igor_slice key = {NULL, 0};
	zend_long index = 0;
	zval value;

	level->left--;
	if (is_map) {
		uint8_t tag = igor_read_u8(&decoder->in);

		if (tag == IGOR_TAG_STRING) {
			key = igor_read_text(&decoder->in);
		} else if (tag == IGOR_TAG_INT) {
			igor_read_number(&decoder->in, &index);
		} else {
			return false;
		}
	}
	ZVAL_UNDEF(&value);
	if (!decoder->in.valid || !read_value(decoder, &value)) {
		zval_ptr_dtor(&value);
		return false;
	}
	if (key.bytes != NULL) {
		zend_hash_str_update(table, key.bytes, key.length, &value);
	} else if (is_map) {
		zend_hash_index_update(table, index, &value);
	} else {
		zend_hash_next_index_insert_new(table, &value);
	}
	return decoder->in.valid;
}

static bool read_all(decoder *decoder)
{
	while (decoder->open.depth > 0) {
		igor_read_level *level = &decoder->open.levels[decoder->open.depth - 1];

		if (level->left > 0) {
			if (UNEXPECTED(!read_element(decoder))) {
				return false;
			}
			continue;
		}
		igor_end_array(level);
		decoder->open.depth--;
	}
	return true;
}

bool igor_snapshot_decode(const char *bytes, uint32_t length, zval *array)
{
	decoder decoder = {.in = {bytes, bytes + length, true}};
	uint8_t flags = igor_read_header(&decoder.in);
	bool has_enums = (flags & IGOR_SNAPSHOT_HAS_ENUMS) != 0;
	char *copy = NULL;
	bool done;

	ZVAL_UNDEF(array);
	if (!decoder.in.valid) {
		return false;
	}
	/* An autoloader may itself read variables, and so change the scratch memory. */
	if (has_enums) {
		copy = estrndup(bytes, length);
		decoder.in = (igor_reader) {copy + IGOR_SNAPSHOT_HEADER, copy + length, true};
	}
	done = begin_array(&decoder, igor_read_u8(&decoder.in), array) && read_all(&decoder);
	pefree(decoder.open.levels, true);
	if (copy != NULL) {
		efree(copy);
	}
	if (!done) {
		zval_ptr_dtor(array);
		ZVAL_UNDEF(array);
	}
	return done;
}
