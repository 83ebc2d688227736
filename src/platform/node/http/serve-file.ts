import type { ServerResponse } from 'node:http';
import { extname } from 'node:path';
import { contentType } from '../../../http/content-type.ts';
import { choosePrecompressed } from '../../../http/precompressed.ts';
import { encodePath, hasHiddenSegment } from '../../../http/request-path.ts';
import { type ListingEntry, listingJson, listingPage } from '../../../site/browse-listing.ts';
import { isHiddenFile } from '../../../site/hidden-files.ts';
import { isPhpSource } from '../../../site/php/choose-script.ts';
import type { FileProbe, Found } from '../../../site/php/file-probe.ts';
import type { FileServerOptions, FileTarget } from '../../../site/request/file-serving.ts';
import { listServed, openDirectly, openServed, statServed } from '../files/served-files.ts';
import { createFileProbe } from './http-file-probe.ts';
import type { HttpRequest, HttpResponse } from './http-messages.ts';
import { type Fail, type OpenedFile, SMALL_FILE, sendOpened } from './send-file.ts';

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
	const isGet = request.method === 'GET' || request.method === 'HEAD';
	const direct = isGet ? openAtOnce(target, options) : undefined;
	if (direct !== undefined) {
		sendOpened(request, response, target.path, direct, options.status, fail);
		return true;
	}
	const found = find(target.path, options);
	if (found === undefined) return false;
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

/**
 * Opens what nothing but the path decides about, as most files are: no link on the way, no slash behind it, no compressed
 * copies. So the path is the real one, and need not be looked up before it is opened. Undefined = look it up.
 */
function openAtOnce({ path, originalPath }: FileTarget, options: FileServerOptions): OpenedFile | undefined {
	if (path.endsWith('/') || originalPath.endsWith('/') || options.precompressed.length > 0) return undefined;
	return isVisible(path, options) && !isPhpSource(path) ? openDirectly(options.root, path, SMALL_FILE) : undefined;
}

/** What is there and may be seen. */
function find(path: string, options: FileServerOptions): Found | undefined {
	const bare = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
	const found = probeOf(options.root).look(bare);
	if (found === undefined) return undefined;
	// The real path counts as well: a link called photo.jpg may lead to a script.
	if (![bare, found.realPath].every((each) => isVisible(each, options))) return undefined;
	return found.kind === 'file' && isPhpSource(found.realPath) ? undefined : found;
}

function isVisible(path: string, { hide, root }: FileServerOptions): boolean {
	return !hasHiddenSegment(path) && !isHiddenFile(hide, path, root + path);
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
	let opened: OpenedFile;
	try {
		// It was there a moment ago.
		if (sent === undefined) throw Object.assign(new Error(), { code: 'ENOENT' });
		opened = openServed(options.root, sent);
	} catch (error) {
		fail((error as NodeJS.ErrnoException).code === 'EACCES' ? 403 : 404);
		return;
	}
	if (options.precompressed.length > 0) addVary(response, 'Accept-Encoding');
	if (chosen !== undefined) response.setHeader('Content-Encoding', chosen.name);
	// By the name that was asked for, not by that of the compressed file.
	if (chosen !== undefined && !response.hasHeader('Content-Type'))
		response.setHeader('Content-Type', contentType(extname(path)));
	sendOpened(request, response, path, opened, options.status, fail);
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
