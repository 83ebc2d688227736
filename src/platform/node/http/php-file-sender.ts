import { realpathSync } from 'node:fs';
import { isAbsolute, relative, sep } from 'node:path';
import { decodePath, hasHiddenSegment, normalisePath } from '../../../http/request-path.ts';
import type { PhpFiles, SinkParts } from '../../../site/request/php-caller.ts';
import type { HttpCaller } from './http-messages.ts';
import { asGet } from './http-request.ts';
import { putHeaders } from './http-response.ts';
import { serveFile } from './serve-file.ts';

/** Says something about the body that PHP printed, not about the file, or is for the server alone. */
const DROPPED = /^(?:content-(?:length|encoding|range)|transfer-encoding|x-sendfile|x-accel-.*)$/i;

/**
 * Sends a file that a PHP response names, in place of its body and with its headers: `X-Accel-Redirect` names a path
 * below the root, as in nginx; `X-Sendfile` a file on disk, as in Apache. Ranges and conditions work as for any file.
 *
 * @param at where the header is among `headers`
 */
export function sendPhpFile(site: HttpCaller, headers: readonly string[], at: number, { files, log }: SinkParts): void {
	const { response } = site;
	const value = headers[at + 1] as string;
	const found = (headers[at] as string).length === 10 ? onDisk(value, files) : belowRoot(value, files.root);
	if (found === undefined || hasHiddenSegment(found.path)) {
		log.error('PHP named a file to send that is hidden, or not below a folder of its scope', {
			file: value,
			uri: site.target,
		});
		site.fail(404);
		return;
	}
	try {
		putHeaders(response, site.earlyHeaders);
		putHeaders(response, kept(headers));
	} catch (error) {
		log.error('PHP sent a response head that HTTP does not allow; the client got a 500', {
			error: String(error),
			uri: site.target,
		});
		site.fail(500);
		return;
	}
	const target = { path: found.path, originalPath: found.path, query: '' };
	const options = {
		root: found.root,
		hide: files.hidden,
		index: [],
		browse: false,
		precompressed: [],
		canonicalUris: false,
	};
	const fail = (status: number, more?: readonly string[]): void => site.fail(status, more);
	if (serveFile(asGet(site.request), response, target, options, fail)) return;
	log.error('PHP named a file to send that is not there', { file: value, uri: site.target });
	fail(404);
}

/** A path as in a URL: its query does not count, its escapes do; '..' is never taken. */
function belowRoot(value: string, root: string): { root: string; path: string } | undefined {
	const written = value.split('?', 1)[0] as string;
	const path = written.startsWith('/') ? written : `/${written}`;
	const decoded = decodePath(path);
	if (decoded === undefined || decoded.split(/[/\\]/).includes('..')) return undefined;
	const normal = normalisePath(path);
	return normal === undefined ? undefined : { root, path: normal };
}

function onDisk(value: string, { root, folders }: PhpFiles): { root: string; path: string } | undefined {
	const file = Buffer.from(value, 'latin1').toString('utf8');
	if (file.includes('\0')) return undefined;
	try {
		const real = realpathSync.native(isAbsolute(file) ? file : `${root}${sep}${file}`);
		for (const folder of [root, ...folders]) {
			const path = relative(folder, real);
			if (path !== '' && path !== '..' && !path.startsWith(`..${sep}`) && !isAbsolute(path)) {
				return { root: folder, path: `/${path.split(sep).join('/')}` };
			}
		}
	} catch {
		// It does not exist.
	}
	return undefined;
}

/** The headers of a PHP response that belong to the file too. */
function kept(headers: readonly string[]): string[] {
	const list: string[] = [];
	for (let at = 0; at + 1 < headers.length; at += 2) {
		if (!DROPPED.test(headers[at] as string)) list.push(headers[at] as string, headers[at + 1] as string);
	}
	return list;
}
