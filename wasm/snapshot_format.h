/*
 * A snapshot: an array of plain values, encoded. What a sidekick or a background worker publishes, and what a task carries.
 * snapshot_write.c makes it; snapshot_read.c, snapshot_shared.c and src/sidekicks/snapshot-reader.ts read it.
 *
 * Little endian, nothing is aligned:
 *   u8 IGOR_SNAPSHOT_FORMAT, u8 flags (IGOR_SNAPSHOT_*), then the array, as a value.
 * A value is a tag and
 *   NULL FALSE TRUE   nothing
 *   INT               i64
 *   FLOAT             f64, all of its bits
 *   STRING            text
 *   ENUM              text: the class; text: the case
 *   LIST              u32 count, so many values: the keys are 0, 1, 2 …, and the next free one is `count`
 *   MAP               u32 count, i64 next free index, so many times: key, value
 * A key is INT, i64 or STRING, text. A text is u32 length, bytes.
 */
#ifndef IGOR_SNAPSHOT_FORMAT_H
#define IGOR_SNAPSHOT_FORMAT_H

#include "igor.h"

#define IGOR_SNAPSHOT_FORMAT 1
#define IGOR_SNAPSHOT_HEADER 2 /* bytes before the array */

/* Cases of enums belong to a request: such an array cannot be shared by several. */
#define IGOR_SNAPSHOT_HAS_ENUMS 1u

/* Deeper arrays, made by a script, would exhaust the stack of its thread when PHP frees them. */
#define IGOR_SNAPSHOT_MAX_DEPTH 10000

enum igor_tag {
	IGOR_TAG_NULL = 0,
	IGOR_TAG_FALSE = 1,
	IGOR_TAG_TRUE = 2,
	IGOR_TAG_INT = 3,
	IGOR_TAG_FLOAT = 4,
	IGOR_TAG_STRING = 5,
	IGOR_TAG_ENUM = 6,
	IGOR_TAG_LIST = 7,
	IGOR_TAG_MAP = 8,
};

/* scratch.c: memory that outlives requests: the host copies snapshots into it, the writer encodes into it. */
char *igor_scratch(uint32_t capacity);
uint32_t igor_scratch_capacity(void);
/* A single large snapshot must not keep it large forever. */
void igor_scratch_trim(void);

typedef enum {
	IGOR_WRITTEN,
	IGOR_TOO_LARGE,
	IGOR_BAD_VALUE,
	IGOR_TOO_DEEP,
} igor_write_result;

typedef struct {
	uint64_t size;       /* of the encoded form, also when it is too large */
	const zval *refused; /* BAD_VALUE, TOO_DEEP: what cannot be encoded */
	zend_string *path;   /* and where it is, as in `["db"][0]`; the caller releases it */
} igor_written;

/*
 * Encodes an array into the scratch memory, at most `limit` bytes. No user code runs meanwhile. With `follow_references`
 * values count that are referred to, else such a reference is refused: they might go round in circles.
 */
igor_write_result igor_snapshot_write(HashTable *vars, uint32_t limit, bool follow_references, igor_written *written);

/* Throws ValueError about the argument `what`, whose value cannot be encoded, and releases the path. */
void igor_snapshot_refuse(uint32_t argument, const char *what, igor_write_result result, const igor_written *written);

/*
 * An ordinary array of this request, with one reference for the caller. `bytes` may lie in the scratch memory: it is
 * copied before user code runs (autoloaders of enums). False: an exception, or bytes that are no snapshot.
 */
bool igor_snapshot_decode(const char *bytes, uint32_t length, zval *array);

/* snapshot_deep.c: has what an array holds freed without recursion. Before it gets any element. */
#define IGOR_SNAPSHOT_DEEP 256 /* levels, from which on arrays need that */
void igor_snapshot_is_deep(HashTable *array);

/* An immutable array outside of request memory, which any request may hold until its end. False: not a snapshot, or one
 * with cases of enums. */
bool igor_snapshot_decode_shared(const char *bytes, uint32_t length, zval *array);
void igor_snapshot_free_shared(zval *array);

#endif
