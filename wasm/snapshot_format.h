/*
 * Snapshots: encoding for the writer, decoding for readers; src/sidekicks/snapshot-format.ts decodes them, too. The format:
 * u32 count, then `count` times: u32 length, key bytes, u32 length, value bytes.
 */
#ifndef IGOR_SNAPSHOT_FORMAT_H
#define IGOR_SNAPSHOT_FORMAT_H

#include "igor.h"

/* Scratch memory that outlives requests: the host copies snapshots into it, the writer encodes into it. */
char *igor_scratch(uint32_t capacity);
uint32_t igor_scratch_capacity(void);
/* A single large snapshot must not keep it large forever. */
void igor_scratch_trim(void);

/* Bytes of the encoded form. All keys and values are strings (the caller has checked). */
uint64_t igor_snapshot_size(HashTable *vars);
void igor_snapshot_encode(HashTable *vars, char *destination);

/* An ordinary array of this request, with one reference for the caller. False: not a snapshot. */
bool igor_snapshot_decode(const char *bytes, uint32_t length, zval *array);

/* An immutable array outside of request memory, which any request may hold until its end. False: not a snapshot. */
bool igor_snapshot_decode_shared(const char *bytes, uint32_t length, zval *array);
void igor_snapshot_free_shared(zval *array);

#endif
