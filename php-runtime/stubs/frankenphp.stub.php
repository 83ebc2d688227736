<?php

/**
 * Stubs for editors and static analysers. The functions themselves are internal: never include this file.
 * The extension is built from it, too: types, defaults, aliases and constants are said here alone.
 */

/** Level of frankenphp_log(): details for developers. */
const FRANKENPHP_LOG_LEVEL_DEBUG = -4;
/** Level of frankenphp_log(): normal events. */
const FRANKENPHP_LOG_LEVEL_INFO = 0;
/** Level of frankenphp_log(): something to look at. */
const FRANKENPHP_LOG_LEVEL_WARN = 4;
/** Level of frankenphp_log(): something failed. */
const FRANKENPHP_LOG_LEVEL_ERROR = 8;

/**
 * Worker mode: waits for an HTTP request and handles it with $callback.
 *
 * Before each call the superglobals, the response's headers, output buffers, uploads and the session are reset. An
 * uncaught exception or exit() in $callback ends the worker script after the response has been sent; it is started again.
 *
 * @param callable(): void $callback
 * @return bool false when the script has to end: the server stops or reloads
 * @throws RuntimeException outside of worker mode, inside a sidekick, or inside $callback itself
 */
function frankenphp_handle_request(callable $callback): bool {}

/**
 * Returns the variables that one or more sidekicks, or background workers, have published last.
 *
 * The first call for a name in a `php_server` starts the sidekick and blocks until it has published. Later calls return at
 * once; while nothing new has been published they return the very same array.
 *
 * @param string|array<string> $name one name, or several: all are started before any is waited for
 * @param float $timeout seconds to wait for the first publication, for all names together; 0 does not wait
 * @return ($name is string ? array<string, string> : array<string, array<string, string>>) the variables, or for several
 *     names the variables of each by its name
 * @throws RuntimeException when the time is over, the sidekick failed, or none is configured; the message says which and why
 * @throws ValueError when a name is empty, too long, given twice or has a NUL byte, or when $timeout is negative or NaN
 * @throws TypeError when an element of $name is not a string
 */
function frankenphp_sidekick_get_vars(string|array $name, float $timeout = 30.0): array {}

/**
 * Inside a sidekick or a background worker: publishes its variables, all at once, in place of those before.
 *
 * The first call makes a sidekick ready. Values are binary safe; an empty array is allowed.
 *
 * @param array<string, string> $vars
 * @throws RuntimeException elsewhere, or when $vars is larger than `max_snapshot_size`
 * @throws TypeError when a key or a value is not a string; what was published before stays
 */
function frankenphp_sidekick_set_vars(array $vars): void {}

/**
 * Returns the variables that a background worker or a sidekick has published last, of every type.
 *
 * A background worker of this name goes before a sidekick, which is started where there is none. Cases of enums are the very
 * cases of the reader's own class. Waits 30 s for the first tick of the worker, or the first publication of the sidekick.
 *
 * @return array<array-key, mixed>
 * @throws RuntimeException when the time is over, the sidekick failed, the worker is ready but has published nothing, or
 *     there is nothing of this name; or when a case of an enum is among the variables whose class cannot be loaded here
 * @throws ValueError when $name is empty, too long, or has a NUL byte
 */
function frankenphp_get_vars(string $name): array {}

/**
 * Starts background workers that do not run, and waits until each is ready and has published.
 *
 * A name that nobody declared is run by the `worker` with `background` and without a name, if there is one.
 *
 * @param string|array<string> $name one name, or several: all are started before any is waited for
 * @param float|null $timeout seconds for all of them together; null = 30
 * @throws RuntimeException when the time is over, or nothing can run under a name
 * @throws ValueError when a name is empty, too long, given twice or has a NUL byte, or when $timeout is not above 0
 * @throws TypeError when an element of $name is not a string
 */
function frankenphp_ensure_background_worker(string|array $name, ?float $timeout = null): void {}

/**
 * Inside a background worker or a sidekick: a stream that reaches its end when the script has to end. Each call opens one.
 *
 * A background worker that calls this, and never tick() of a FrankenPHP\WorkerHandle, is ready once it has also published.
 *
 * @return resource
 * @throws RuntimeException elsewhere
 */
function frankenphp_get_worker_handle() {}

/**
 * Inside a sidekick or a background worker: publishes its variables, as frankenphp_sidekick_set_vars() does, of more types.
 *
 * Values are null, bool, int, float, string, cases of enums, and arrays of these, nested; keys are integers and strings.
 *
 * @param array<array-key, mixed> $vars
 * @throws RuntimeException elsewhere, or when $vars is larger than `max_snapshot_size`
 * @throws ValueError when another value is among them, or a reference; the message says where. What was published before
 *     stays
 */
function frankenphp_set_vars(array $vars): void {}

/**
 * Inside a sidekick or a background worker: true once it has to end, because the server stops or reloads, or it is being
 * restarted.
 * sleep(), usleep() and their relatives return early then.
 *
 * @throws RuntimeException elsewhere
 */
function frankenphp_sidekick_should_stop(): bool {}

/**
 * Sends the headers that were set so far. With a status of 1xx (as 103 Early Hints) the response's own headers follow later.
 *
 * @param int $status the HTTP status to send, 100 to 999
 * @throws ValueError when $status is out of range
 */
function headers_send(int $status = 200): int {}

/**
 * Completes the response to the client. The script goes on; its further output is discarded.
 *
 * @return bool false when there is no request, or its response was completed before
 */
function frankenphp_finish_request(): bool {}

/** @alias frankenphp_finish_request */
function fastcgi_finish_request(): bool {}

/** @return array<string, string> the request's headers by their canonical names, as `Accept-Language` */
function frankenphp_request_headers(): array {}

/** @alias frankenphp_request_headers */
function apache_request_headers(): array {}

/** @alias frankenphp_request_headers */
function getallheaders(): array {}

/** @return array<string, string>|bool the response's headers that were set so far */
function frankenphp_response_headers(): array|bool {}

/** @alias frankenphp_response_headers */
function apache_response_headers(): array|bool {}

/**
 * Writes a structured record to the server's log.
 *
 * @param int $level one of the FRANKENPHP_LOG_LEVEL_* constants
 * @param array<array-key, mixed> $context anything json_encode() accepts
 */
function frankenphp_log(string $message, int $level = 0, array $context = []): void {}
