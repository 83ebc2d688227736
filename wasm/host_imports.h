/*
 * Every function that the host (TypeScript) gives to the C side, documented once.
 * Mirrored by src/php-thread/abi/host-imports.ts, which has one method per line of this file.
 *
 * Common rules
 *  - All pointers point into this PHP instance's linear memory. The host never keeps one after it returns.
 *  - Buffers are owned by the caller (C), both for input and for output. The host allocates nothing here.
 *  - No function throws. Failures are return codes; the sentence for the PHP developer is then read
 *    with igor_host_error().
 *  - "Blocks" means that the thread sleeps in Atomics.wait: no event loop runs, PHP is not suspended by JSPI.
 *    Every block has a deadline or ends on stop.
 *  - "Suspends" means that the event loop runs meanwhile (WebAssembly.Suspending). Only processes do that.
 *  - Integers are 32 bits, little endian in every blob.
 */
#ifndef IGOR_HOST_IMPORTS_H
#define IGOR_HOST_IMPORTS_H

#include <stdint.h>

/* ---------------------------------------------------------------- boot */

/* The entry points that C hands to the host from MINIT. Those of roles return when the role ends. */
enum igor_entry {
	IGOR_ENTRY_CLASSIC = 0,  /* int32_t (void): serves requests until igor_host_next_request() says stop; returns 0 */
	IGOR_ENTRY_WORKER = 1,   /* int32_t (const char *script): runs the worker script once; returns its exit status */
	IGOR_ENTRY_SIDEKICK = 2, /* int32_t (const char *script, const char *name): runs it once; returns its exit status */
	IGOR_ENTRY_BACKGROUND = 3, /* the same for a background worker */
	IGOR_ENTRY_REHEARSAL = 4, /* int32_t (void): no role; publishes while no role has begun, which nobody sees; returns 0 */
	IGOR_ENTRY_OPCACHE = 5,  /* int32_t (struct igor_opcache_segment *out), before any script: 1, or 0 = there is none to copy */
};

/* opcache's segment: addresses are those of this instance. */
struct igor_opcache_segment {
	uint32_t base, size;
	uint32_t used;            /* address of a u32: bytes in use, from the base on */
	uint32_t restart_pending; /* address of a u8: it is about to be emptied */
	uint32_t exhausted;       /* address of a u8: it is full */
	uint32_t fingerprint[2];  /* equal = what is in the segment is valid in the other instance, too */
	int32_t freshness;        /* seconds for which a file is not looked at again; -1 = for ever */
};

/* Called once per entry from MINIT. `function` is an index into the indirect function table. */
void igor_host_register(int32_t entry, void *function);

/* A script is about to run: PHP has started, and nothing is loaded or changed in its memory any more. */
void igor_host_begin_script(void);

/* ---------------------------------------------------------------- requests (classic and worker threads) */

#define IGOR_REQUEST_HEAD_MAX 32768 /* bytes: what `head` must be able to hold */
#define IGOR_STOP (-1)

/*
 * Blocks until there is a request for this thread; copies its head and returns the bytes written.
 * Returns IGOR_STOP when the role has to end (shutdown, reload, retirement of the thread).
 *
 * The head:
 *   0  u32 header_count      number of (name, value) pairs at the end
 *   4  u32 flags             IGOR_REQUEST_*
 *   8  f64 content_length    bytes; -1 = not announced (chunked)
 *  16  f64 request_time      seconds since the epoch, with fraction
 *  24  u32 server_port
 *  28  u32 remote_port
 *  32  u32 protocol          1000 = HTTP/1.0, 1001 = HTTP/1.1, 2000 = HTTP/2
 *  36  u32 variable_count    number of (name, value) pairs behind the headers
 *  40  NUL-terminated strings in this order: method, request_uri, query_string, script_filename, script_name,
 *      path_info, document_root, server_name, server_addr, remote_addr, ssl_protocol, ssl_cipher ('' = no TLS),
 *      then header_count times: header name as the client wrote it, value;
 *      then variable_count times: name and value of a variable that $_SERVER and getenv() have in this request only.
 */
#define IGOR_REQUEST_HAS_BODY 1u
#define IGOR_REQUEST_HTTPS 2u
int32_t igor_host_next_request(char *head, uint32_t capacity);

/*
 * What $_SERVER of a request has in place of variables that this thread has of its own (a worker's `env`): for each
 * NAME=VALUE, or NAME alone = nothing, NUL-terminated; getenv() has the values, and the thread's own where there is none.
 * Copies it if it fits. Returns its length; 0 = there are none.
 */
uint32_t igor_host_request_environment(char *destination, uint32_t capacity);

/* Blocks until bytes of the request's body have arrived. Returns the bytes written, 0 at the end of the body,
 * -1 when the client went away before it had sent the announced body. */
int32_t igor_host_read_body(char *destination, uint32_t capacity);

/*
 * Sends a part of the response, or all of it. Blocks while the client is too slow (back-pressure).
 *   status  > 0: this call carries the head; 0: it does not (the head was sent before)
 *   head    header lines "Name: value" joined by '\n', no trailing '\n'; a first line "HTTP/1.1 200 Reason" is optional;
 *           one that ends where the body begins is copied together with it
 *   flags   IGOR_RESPONSE_*
 * Returns 0, or -1 when the client went away (the request still has to be ended with IGOR_RESPONSE_END).
 */
#define IGOR_RESPONSE_END 1u           /* the response is complete; the next call belongs to the next request */
#define IGOR_RESPONSE_INFORMATIONAL 2u /* a 1xx head (early hints); the real head follows later */
int32_t igor_host_respond(int32_t status, const char *head, uint32_t head_length, const char *body,
	uint32_t body_length, uint32_t flags);

/* A worker script has called frankenphp_handle_request() for the first time in this run. */
void igor_host_worker_ready(void);

/* ---------------------------------------------------------------- output and log */

/* Output of a script that has no HTTP response. stream: 1 = stdout, 2 = stderr. Sidekicks: logged by lines. */
void igor_host_output(int32_t stream, const char *bytes, uint32_t length);

/* A log record. level: -4 debug, 0 info, 4 warning, 8 error (FrankenPHP's values). context: a JSON object, or length 0.
 * PHP's own errors come here, too, one call each: message, file and line in one text, as PHP logs it. */
void igor_host_log(int32_t level, const char *message, uint32_t length, const char *context, uint32_t context_length);

/* ---------------------------------------------------------------- opcache */

/*
 * Each thread has its own opcache. Tells the other threads' that a file is out of date, by its absolute path; `length`
 * 0 = all files are. `forced`: even if its time stamp is the one they know. Never blocks.
 */
void igor_host_outdated_declare(const char *path, uint32_t length, int32_t forced);

/*
 * What another thread has declared since the last call. Never blocks.
 *   path    for IGOR_OUTDATED_FILE: its path, without NUL
 *   length  in/out u32: capacity of `path` in, length of the path out
 *   forced  out: as above
 */
enum igor_outdated {
	IGOR_OUTDATED_NOTHING = 0,
	IGOR_OUTDATED_FILE = 1,
	IGOR_OUTDATED_ALL = 2, /* or more files than are remembered */
};
int32_t igor_host_outdated_next(char *path, uint32_t *length, int32_t *forced);

/* ---------------------------------------------------------------- sidekicks: readers (any role) */

/* What is asked for. */
enum igor_asking {
	IGOR_ASKING_SIDEKICK = 0, /* the variables of sidekicks, or of background workers that there are */
	IGOR_ASKING_VARS = 1,     /* those of whatever has the name */
	IGOR_ASKING_WORKER = 2,   /* that background workers run, and have published */
};

/*
 * Starts what is named (at most once each) and blocks until all of it is ready, one deadline for all.
 *   names    `count` times: u32 length, bytes (already validated by C)
 *   timeout  seconds, finite or +Infinity, >= 0
 *   handles  out: `count` handles, in the order given
 * Returns 0, or -1: throw RuntimeException with the text of igor_host_error().
 */
int32_t igor_host_sidekick_resolve(const char *names, uint32_t length, uint32_t count, enum igor_asking asking,
	double timeout, int32_t *handles);

/* The version of the snapshot behind a handle: > 0, and different after each change. 0: it is gone (failed, forgotten):
 * resolve again. Never blocks; this is the hot path. */
int32_t igor_host_sidekick_version(int32_t handle);

/* 1 while the sidekick behind a handle exists; 0 once it is forgotten, even if its cell belongs to another one since.
 * Never blocks. */
int32_t igor_host_sidekick_is_current(int32_t handle);

/*
 * Copies the latest snapshot, never a mixture of two publications.
 *   length   in/out u32: capacity of `destination` in, size of the snapshot out
 *   version  out: the version that was copied
 * Returns 0; 1 = `destination` is too small, try again with at least *length; -1 = gone, resolve again.
 * What the bytes mean says snapshot_format.h.
 */
int32_t igor_host_sidekick_read(int32_t handle, char *destination, uint32_t *length, int32_t *version);

/* ---------------------------------------------------------------- sidekicks: the sidekick itself */

/* The largest snapshot that may be published, in bytes of its encoded form. */
uint32_t igor_host_sidekick_max_size(void);

/* Publishes an encoded snapshot. Returns 0 = published, 1 = equal to the current one (nothing done), -1 = error text. */
int32_t igor_host_sidekick_publish(const char *snapshot, uint32_t length);

/* 1 once this thread has to stop what it is doing (shutdown, reload, restart, stop), else 0. Never blocks. */
int32_t igor_host_should_stop(void);

/* ---------------------------------------------------------------- the handle of a sidekick */

/*
 * Opens a descriptor, as of a connected socket, that is readable when the sidekick has something to do: before its first
 * tick unless `is_quiet`, and from the moment that it has to end (end of file). Bytes are there to be thrown away. Returns
 * it, or -1.
 */
int32_t igor_host_handle_open(int32_t is_quiet);

/* Takes back what made the descriptors readable. Returns 1, or 0 once the sidekick has to end. Never blocks. */
int32_t igor_host_handle_tick(void);

/* ---------------------------------------------------------------- tasks (any role) */

/*
 * Sends a task to a worker, which is started if need be, and blocks until one of its threads has received it.
 *   name     already validated by C
 *   timeout  seconds, >= 0; +Infinity = until the thread has to stop or its script is out of time
 *   payload  encoded as snapshot_format.h says
 * Returns a number for the task, > 0, to be given to igor_host_task_release(); -1: throw RuntimeException with the text
 * of igor_host_error().
 */
int32_t igor_host_task_send(const char *name, uint32_t name_length, double timeout, const char *payload, uint32_t length);

/* Blocks for the next update of a task that was sent, and copies it. `length`: as in igor_host_sidekick_read(). */
enum igor_task_read {
	IGOR_TASK_FAILED = -1, /* RuntimeException */
	IGOR_TASK_UPDATE = 0,
	IGOR_TASK_TOO_SMALL = 1, /* nothing was copied */
	IGOR_TASK_COMPLETED = 2,
};
int32_t igor_host_task_read(int32_t task, char *destination, uint32_t *length);

/* Gives a task up that was sent. Never blocks. */
void igor_host_task_abandon(int32_t task);

/* Receives a task, and tells the length of its payload. Returns its number; 0 = there is none. Never blocks. */
int32_t igor_host_task_receive(uint32_t *length);

/* Copies the payload of a task that was received, once. */
void igor_host_task_payload(int32_t task, char *destination, uint32_t length);

/* Sends an update of a task that was received; `is_last`: igor_host_task_complete() comes next. Blocks while 16 are unread.
 * Returns 0; -1: RuntimeException. */
int32_t igor_host_task_update(int32_t task, const char *update, uint32_t length, int32_t is_last);

/* Completes a task that was received; nothing happens to one that is over. */
void igor_host_task_complete(int32_t task);

/* PHP has no handle of it any more: what was sent is abandoned, what was received is aborted, unless they are over. */
void igor_host_task_release(int32_t task);

/* Opens a descriptor, as of a connected socket: readable when there is an update, end of file when the task is over.
 * Closing it abandons what was sent, and completes what was received. Returns it; -1 = there is no free descriptor;
 * IGOR_TASK_OVER = this side has let go of the task. */
#define IGOR_TASK_OVER (-2)
int32_t igor_host_task_open(int32_t task);

/* The script is over, and its tasks with it; or only the worker's request, and what was sent in it. */
void igor_host_tasks_end(int32_t only_request);

/* ---------------------------------------------------------------- files */

/* The umask that the server was started with. */
int32_t igor_host_server_umask(void);

/* Sets the umask for files and folders that PHP makes from now on; 0 to 0777. */
void igor_host_umask(int32_t mask);

/* Gives a file a second name, as link(2) does: paths, NUL-terminated. Returns 0 or an errno. */
int32_t igor_host_link(const char *target, const char *link);

/* ---------------------------------------------------------------- fibers */

/* PHP frees that fiber's `ucontext_t` and C stack: whatever waits there in swapcontext() is never resumed. */
void igor_host_fiber_destroyed(void *context);

/* ---------------------------------------------------------------- processes */

/* 1 when PHP may run some programs, else 0. */
int32_t igor_host_processes_allowed(void);

/* Why C code's last program was not run, and which option would allow it: copies the sentence (UTF-8, no NUL), at most
 * `capacity` bytes, and forgets it. Returns its length; 0 = none was refused since the last call. */
uint32_t igor_host_process_refusal(char *destination, uint32_t capacity);

/* The unclosed descriptor of the last popen() to write; copies its process (-1: refused), and forgets both. -1 = there
 * is none. */
int32_t igor_host_process_unclosed(int32_t *process);

/* Copies the path of PHP itself (PHP_BINARY), NUL-terminated; 0 = PHP may not run it, or it does not fit; else its length. */
uint32_t igor_host_process_php(char *destination, uint32_t capacity);

/* What a child's descriptor is: IGOR_PIPE_* make a pipe whose other end PHP gets. */
#define IGOR_PIPE_READ 0   /* the child reads */
#define IGOR_PIPE_WRITE 1  /* the child writes */
#define IGOR_PIPE_BOTH 2
#define IGOR_DESCRIPTOR 3  /* value: an open descriptor of PHP, whose file the child gets */
#define IGOR_NULL 4
#define IGOR_SAME 5        /* value: the number of another one in the child */

#define IGOR_COMMAND_LINE 1u /* the only argument is a command line for sh */

/*
 * Starts a program. Suspends until it runs.
 *   request  u32 flags (IGOR_COMMAND_LINE), u32 count of arguments, u32 count of variables, u32 count of descriptors;
 *            `count` times: i32 number in the child, i32 what it is, i32 value;
 *            NUL-terminated: the folder ('' = PHP's own), the arguments, the variables as NAME=VALUE
 *   ends     out: for each descriptor PHP's end of the pipe, or -1
 * Returns the id of the process; -1: igor_host_process_refusal() has the sentence for the warning.
 */
int32_t igor_host_process_start(const char *request, uint32_t length, int32_t *ends);

/* Suspends until it has ended, and copies how, as wait(2) tells. Returns 0; -1 = there is no such process, or the thread
 * has to stop and it did not end in time. */
int32_t igor_host_process_wait(int32_t process, int32_t *status);

/* The same without waiting. Returns 1 = it has ended, 0 = it runs, -1 = there is no such process. Suspends for one turn
 * of the event loop: a script that polls must learn of the end. */
int32_t igor_host_process_poll(int32_t process, int32_t *status);

/* Sends a signal (number of Linux). Returns 0, or -1 when it has ended. */
int32_t igor_host_process_signal(int32_t process, int32_t signal);

/* Nobody will ask about it any longer. It goes on. */
void igor_host_process_forget(int32_t process);

/* ---------------------------------------------------------------- time and errors */

/* Sleeps for `milliseconds` (fractions count); ends early when the stop flag is raised. Returns the milliseconds left. */
double igor_host_sleep(double milliseconds);

/* Copies the text of the last failure on this thread (UTF-8, no NUL), at most `capacity` bytes; returns its length. */
uint32_t igor_host_error(char *destination, uint32_t capacity);

#endif
