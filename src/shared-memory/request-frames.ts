/**
 * The frames that a PHP thread and the main thread exchange. Header words after the size (see FramePipe):
 * [type | flags << 8, ticket or request id, a, b, payload bytes].
 */

/** Thread → main: a part of a response. a = status (0: no head), b = head bytes; payload: head, body. */
export const FRAME_RESPONSE = 1;
/** Thread → main: the thread reads the body of the request and has nothing left. */
export const FRAME_WANT_BODY = 2;
/** Main → thread: bytes of a body. The request's id instead of a ticket; a = bytes; payload: the bytes. */
export const FRAME_BODY = 3;
/** Main → thread: the end of a body. The request's id instead of a ticket; a = 1 when the client went away early. */
export const FRAME_BODY_END = 4;

/** Flags of a response, as in wasm/host_imports.h. */
export const RESPONSE_END = 1;
export const RESPONSE_INFORMATIONAL = 2;
/** With RESPONSE_END, TypeScript only: the thread has dropped bytes, because nobody read those before them. */
export const RESPONSE_BROKEN = 4;

/** Capacity of the pipe from a thread to the main thread, bytes. */
export const RESPONSE_PIPE_BYTES = 512 * 1024;
/** Capacity of the pipe for request bodies, bytes. */
export const BODY_PIPE_BYTES = 256 * 1024;
/** Most body bytes in one frame. */
export const MAX_CHUNK = 64 * 1024;
/** Most bytes of response headers; with one chunk of body it still fits one frame. */
export const MAX_RESPONSE_HEAD = 128 * 1024;
