import { closeSync, type Stats } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname } from 'node:path';
import { contentType } from 'mime-types';
import send from 'send';
import { choosePrecompressed } from '../../../http/precompressed.ts';
import { encodePath, hasHiddenSegment } from '../../../http/request-path.ts';
import { type ListingEntry, listingJson, listingPage } from '../../../site/browse-listing.ts';
import { isHiddenFile } from '../../../site/hidden-files.ts';
import { isPhpSource } from '../../../site/php/choose-script.ts';
import type { FileProbe, Found } from '../../../site/php/file-probe.ts';
import type { FileServerOptions, FileTarget } from '../../../site/request/file-serving.ts';
import { listServed, openServed, statServed } from '../files/served-files.ts';
import { createFileProbe } from './http-file-probe.ts';
import type { HttpRequest, HttpResponse } from './http-messages.ts';

/** What describes a file, and not the error that is sent in place of it. */
const FILE_FIELDS = ['Content-Encoding', 'Content-Type', 'ETag', 'Last-Modified', 'Accept-Ranges', 'Content-Range'];

type Fail = (status: number, headers?: readonly string[]) => void;

/** More roots than any configuration has; a placeholder in one lets clients choose. */
const MOST_PROBES = 100;
const probes = new Map<string, FileProbe>();

/**
 * Answers from a folder: ranges, conditions, ETag and Last-Modified included. Stricter than Caddy: what lies below a dot
 * segment, PHP's sources, and what a symbolic link finds outside of the root are as if they were not there.
 * Main thread only.
 *
 * @param fail called for every error but 404, once at most, before anything has been sent
 * @returns `false` when nothing is there; then nothing has been touched
 */
export function serveFile(
	request: HttpRequest,
	response: HttpResponse,
	target: FileTarget,
	options: FileServerOptions,
	fail: Fail,
): boolean {
	const found = find(target.path, options);
	if (found === undefined) return false;
	const isGet = request.method === 'GET' || request.method === 'HEAD';
	const wantsSlash = target.path.endsWith('/');
	if (found.kind === 'file') {
		// A path that ends in a slash can only be a folder's: whatever guards the file by its path would be walked around.
		const isCanonical = target.originalPath.endsWith('/') ? !canRedirect(target, options) : true;
		if (wantsSlash && isCanonical) return false;
		if (!isGet) fail(405, ['Allow', 'GET, HEAD']);
		else if (!isCanonical) redirect(response, target, target.originalPath.replace(/(?<!\/)\/+$/, ''));
		else sendFile(request, response, found.realPath, options, fail);
		return true;
	}
	const folder = target.path.replace(/\/$/, '');
	const index = options.index
		.map((name) => find(`${folder}/${name}`, options))
		.find((candidate) => candidate?.kind === 'file');
	if (index === undefined && !options.browse) return false;
	if (!isGet) fail(405, ['Allow', 'GET, HEAD']);
	else if (!wantsSlash && canRedirect(target, options)) redirect(response, target, `${target.originalPath}/`);
	else if (index !== undefined) sendFile(request, response, index.realPath, options, fail);
	else sendListing(request, response, found.realPath, target, options, fail);
	return true;
}

/** What is there and may be seen. */
function find(path: string, options: FileServerOptions): Found | undefined {
	const bare = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
	const found = probeOf(options.root).look(bare);
	if (found === undefined) return undefined;
	// The real path counts as well: a link called photo.jpg may lead to a script.
	for (const each of [bare, found.realPath]) {
		if (hasHiddenSegment(each) || isHiddenFile(options.hide, each, options.root + each)) return undefined;
	}
	return found.kind === 'file' && isPhpSource(found.realPath) ? undefined : found;
}

function probeOf(root: string): FileProbe {
	let probe = probes.get(root);
	if (probe === undefined) {
		if (probes.size >= MOST_PROBES) probes.clear();
		probe = createFileProbe(root);
		probes.set(root, probe);
	}
	return probe;
}

/** Not when a rewrite has led here: the client's path would be made another one. */
function canRedirect({ path, originalPath }: FileTarget, { canonicalUris }: FileServerOptions): boolean {
	const last = (text: string): string | undefined =>
		text
			.replace(/(?<!\/)\/+$/, '')
			.split('/')
			.at(-1);
	return canonicalUris && (last(originalPath) === last(path) || last(originalPath) === last(encodePath(path)));
}

function redirect(response: HttpResponse, { query }: FileTarget, path: string): void {
	// Two slashes at the start would name another host, and browsers read a backslash as one.
	const location = path.replace(/^[/\\]{2,}/, '/');
	response.statusCode = 308;
	response.setHeader('Location', query === '' ? location : `${location}?${query}`);
	response.setHeader('Content-Length', 0);
	response.end();
}

function sendFile(
	request: HttpRequest,
	response: HttpResponse,
	path: string,
	options: FileServerOptions,
	fail: Fail,
): void {
	const accepted = String(request.headers['accept-encoding'] ?? '');
	const look = (candidate: string): Found | undefined => {
		const found = find(candidate, options);
		return found?.kind === 'file' ? found : undefined;
	};
	const chosen = choosePrecompressed(path, accepted, options.precompressed, (file) => look(file) !== undefined);
	const sent = chosen === undefined ? path : look(path + chosen.ending)?.realPath;
	let opened: { fd: number; stat: Stats };
	try {
		// It was there a moment ago.
		if (sent === undefined) throw Object.assign(new Error(), { code: 'ENOENT' });
		opened = openServed(options.root, sent);
	} catch (error) {
		fail((error as NodeJS.ErrnoException).code === 'EACCES' ? 403 : 404);
		return;
	}
	if (options.precompressed.length > 0) addVary(response, 'Accept-Encoding');
	if (options.status !== undefined) response.statusCode = options.status;
	if (chosen !== undefined) response.setHeader('Content-Encoding', chosen.name);
	// By the name that was asked for, not by that of the compressed file.
	if (chosen !== undefined && !response.hasHeader('Content-Type')) response.setHeader('Content-Type', typeOf(path));
	sendOpened(request, response, path, opened, options, fail);
}

/** Sends an open file, with ranges and conditions, and closes it. */
function sendOpened(
	request: HttpRequest,
	response: HttpResponse,
	name: string,
	{ fd, stat }: { fd: number; stat: Stats },
	options: FileServerOptions,
	fail: Fail,
): void {
	// What `send` does not know it hands on to the stream of the file.
	const settings: send.SendOptions & { fd: number } = {
		// A part of the page that tells an error would be sent as a success.
		acceptRanges: options.status === undefined,
		cacheControl: false,
		fd,
	};
	let streaming = false;
	const sending = send(request as IncomingMessage, name, settings)
		.on('headers', setEtag)
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
function setEtag(response: ServerResponse, _path: string, { mtimeMs, size }: Stats): void {
	response.setHeader('ETag', `"${Math.round(mtimeMs * 1000).toString(36)}-${size.toString(36)}"`);
}

/** As `send` says for files that are not compressed. */
function typeOf(path: string): string {
	const type = contentType(extname(path)) || 'application/octet-stream';
	return type.replace(/^application\/javascript/, 'text/javascript');
}

function addVary(response: HttpResponse, field: string): void {
	const present = response.getHeader('Vary');
	response.setHeader('Vary', present === undefined ? field : `${present}, ${field}`);
}

function sendListing(
	request: HttpRequest,
	response: HttpResponse,
	folder: string,
	target: FileTarget,
	options: FileServerOptions,
	fail: Fail,
): void {
	const prefix = folder === '/' ? '' : folder;
	let entries: ListingEntry[];
	try {
		entries = listServed(options.root, folder).flatMap((name) => entryOf(`${prefix}/${name}`, name, options));
	} catch {
		fail(403);
		return;
	}
	const asJson = /application\/json/i.test(String(request.headers.accept ?? ''));
	const body = asJson ? listingJson(entries) : listingPage(`${prefix}/`, entries, target.path !== '/');
	const type = asJson ? 'application/json' : 'text/html';
	response.statusCode = options.status ?? 200;
	response.setHeader('Content-Type', `${type}; charset=utf-8`);
	addVary(response, 'Accept');
	response.setHeader('Content-Length', Buffer.byteLength(body));
	(response as ServerResponse).end(body);
}

function entryOf(path: string, name: string, options: FileServerOptions): ListingEntry[] {
	const found = find(path, options);
	if (found === undefined) return [];
	const stat = statServed(options.root, found.realPath);
	return stat ? [{ name, isFolder: found.kind === 'directory', size: stat.size, modified: stat.mtime }] : [];
}
