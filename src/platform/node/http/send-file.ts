import { closeSync, readSync, type Stats } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname } from 'node:path';
import send from 'send';
import { contentType } from '../../../http/content-type.ts';
import { isSettled, type KeptFile, reopen } from '../files/kept-files.ts';
import type { HttpRequest, HttpResponse } from './http-messages.ts';
import { writeHead } from './http-response.ts';

/** What describes a file, and not the error that is sent in place of it. */
const FILE_FIELDS = ['Content-Encoding', 'Content-Type', 'ETag', 'Last-Modified', 'Accept-Ranges', 'Content-Range'];

/** What makes an answer anything but the whole file. */
const CONDITIONS = ['range', 'if-none-match', 'if-modified-since', 'if-match', 'if-unmodified-since'];

/**
 * Up to this size a file is read at once, in bytes: from the page cache that takes less time than to ask another thread
 * for it and to wait. What has to come from a slow disk holds up the main thread for one access.
 */
export const SMALL_FILE = 65_536;

/** Up to this size, Node sends head and body as one piece when the body is a string. */
const ONE_PIECE = 16_384;

const NOTHING = Buffer.alloc(0);

/** An open file, as it was when it was opened. */
export interface OpenedFile {
	readonly fd: number;
	readonly stat: Stats;
	/** Somebody else closes it, soon; default: whoever gets it. */
	readonly kept?: KeptFile;
}

/** Called for an error in place of the file, before anything has been sent. */
export type Fail = (status: number, headers?: readonly string[]) => void;

/**
 * Sends an open file, with ranges and conditions, and closes it. Main thread only.
 *
 * @param name what tells the type
 * @param status instead of 200; then there are no ranges: a part of the page that tells an error would be sent as a success
 */
export function sendOpened(
	request: HttpRequest,
	response: HttpResponse,
	name: string,
	file: OpenedFile,
	status: number | undefined,
	fail: Fail,
): void {
	if (status !== undefined) response.statusCode = status;
	if (!sendWhole(request, response, name, file, status))
		sendWithConditions(request, response, name, file, status, fail);
}

/** Sends a small file in one write. @returns `false` when there is more to it; then nothing has been touched */
function sendWhole(
	{ method, headers }: HttpRequest,
	response: HttpResponse,
	name: string,
	file: OpenedFile,
	status: number | undefined,
): boolean {
	const { fd, stat, kept } = file;
	if (stat.size > SMALL_FILE || CONDITIONS.some((condition) => headers[condition] !== undefined)) return false;
	// Who asks for the head only needs no byte of it.
	const whole = method === 'HEAD' ? new WholeFile(NOTHING, stat) : wholeOf(file);
	if (whole === undefined) return false;
	if (kept === undefined) closeSync(fd);
	const fields: string[] = [];
	const offer = (field: string, value: string): void => {
		// What the configuration says comes first.
		if (!response.hasHeader(field)) fields.push(field, value);
	};
	fields.push('ETag', whole.etag);
	if (status === undefined) offer('Accept-Ranges', 'bytes');
	offer('Last-Modified', whole.modified);
	offer('Content-Type', contentType(extname(name)));
	fields.push('Content-Length', whole.length);
	writeHead(response, response.statusCode, undefined, fields);
	if (method === 'HEAD') response.end();
	else if (typeof whole.body === 'string') response.end(whole.body, 'latin1');
	else (response as ServerResponse).end(whole.body);
	return true;
}

/** A small file as it is sent. */
class WholeFile {
	readonly body: string | Buffer;
	readonly etag: string;
	readonly modified: string;
	readonly length: string;

	constructor(bytes: Buffer, stat: Stats) {
		this.body = bytes.length > ONE_PIECE ? bytes : bytes.toString('latin1');
		this.etag = etagOf(stat);
		this.modified = stat.mtime.toUTCString();
		this.length = String(stat.size);
	}
}

/**
 * Reads it, unless that was done a moment ago and its times would tell if it had been changed since. (Not so what another
 * program writes by mmap: its times change later. That is sent for a second at most as it was.) `undefined` = it has become
 * shorter since it was opened, or cannot be read.
 */
function wholeOf({ fd, stat, kept }: OpenedFile): WholeFile | undefined {
	if (kept?.made instanceof WholeFile) return kept.made;
	const bytes = readWhole(fd, stat);
	if (bytes === undefined) return undefined;
	const whole = new WholeFile(bytes, stat);
	if (kept !== undefined && isSettled(stat)) kept.made = whole;
	return whole;
}

function readWhole(fd: number, { size }: Stats): Buffer | undefined {
	const bytes = Buffer.allocUnsafe(size);
	try {
		return readSync(fd, bytes, 0, size, 0) === size ? bytes : undefined;
	} catch {
		return undefined;
	}
}

function sendWithConditions(
	request: HttpRequest,
	response: HttpResponse,
	name: string,
	{ fd: given, stat, kept }: OpenedFile,
	status: number | undefined,
	fail: Fail,
): void {
	let fd = given;
	try {
		if (kept !== undefined) fd = reopen(given);
	} catch {
		fail(503);
		return;
	}
	// What `send` does not know it hands on to the stream of the file.
	const settings: send.SendOptions & { fd: number } = {
		acceptRanges: status === undefined,
		cacheControl: false,
		fd,
	};
	let streaming = false;
	// `send` would look into a table of its own.
	if (!response.hasHeader('Content-Type')) response.setHeader('Content-Type', contentType(extname(name)));
	const sending = send(request as IncomingMessage, name, settings)
		.on('headers', (sent: ServerResponse) => sent.setHeader('ETag', etagOf(stat)))
		.on('stream', () => {
			streaming = true;
		})
		.on('error', (error: { status?: number; headers?: Record<string, string> }) => {
			for (const field of FILE_FIELDS) response.removeHeader(field);
			fail(error.status ?? 500, Object.entries(error.headers ?? {}).flat());
		});
	// `pipe()` would look the path up once more.
	Object.assign(sending, { res: response });
	sending.send(name, stat);
	// HEAD, a condition, a range that is none: the file is not read.
	if (!streaming) closeSync(fd);
}

/** Strong, as Caddy's: by the time of the last change, in microseconds, and the length. */
function etagOf({ mtimeMs, size }: Stats): string {
	return `"${Math.round(mtimeMs * 1000).toString(36)}-${size.toString(36)}"`;
}
