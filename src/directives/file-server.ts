import { CaddyfileError } from '../caddyfile/errors.ts';
import type { Directive } from '../caddyfile/parser.ts';
import { Arguments, noArguments, noBlock, onlyArgument, readBlock, someArguments } from '../caddyfile/reading.ts';
import { readChoice, readStatus } from '../caddyfile/units.ts';

const PRECOMPRESSED = ['br', 'zstd', 'gzip'] as const;

/** `file_server [MATCHER] [browse] { … }`, Caddy's. Paths are as written. */
export interface FileServer {
	readonly type: 'file_server';
	/** `undefined` = the site's `root`. */
	readonly root?: string;
	/** Files, folders and patterns to treat as missing. */
	readonly hide: readonly string[];
	/** `undefined` = the default. */
	readonly index?: readonly string[];
	/** Folders without an index are listed. */
	readonly browse: boolean;
	/** Encodings whose compressed files are sent in place of the original, the best first. */
	readonly precompressed: readonly (typeof PRECOMPRESSED)[number][];
	/** Instead of 200. */
	readonly status?: number | string;
	/** Folders are redirected to the path with `/`, files to the one without. */
	readonly canonicalUris: boolean;
	/** What is not found is passed to the next directive, instead of a 404. */
	readonly passThru: boolean;
}

/** @throws CaddyfileError */
export function readFileServer(directive: Directive): FileServer {
	const args = new Arguments(directive);
	const word = args.optional();
	args.end();
	let browse = word !== undefined && readChoice(word, ['browse']) === 'browse';
	let canonicalUris = true;
	let passThru = false;
	let precompressed: FileServer['precompressed'] = [];
	const hide: string[] = [];
	const rest: { root?: string; index?: string[]; status?: number | string } = {};
	readBlock(directive, {
		once: {
			root: (line) => {
				rest.root = onlyArgument(line, 'a folder').text;
			},
			index: (line) => {
				rest.index = someArguments(line, 'names of files');
			},
			browse: (line) => {
				if (browse) throw new CaddyfileError('conflict', line.position, "'browse' stands also in the first line");
				new Arguments(line).end();
				readBlock(line, { unsupported: ['reveal_symlinks', 'sort', 'file_limit'] });
				browse = true;
			},
			precompressed: (line) => {
				noBlock(line);
				const formats = new Arguments(line).rest().map((token) => readChoice(token, PRECOMPRESSED));
				precompressed = formats.length > 0 ? formats : PRECOMPRESSED;
			},
			status: (line) => {
				rest.status = readStatus(onlyArgument(line, 'a status'));
			},
			disable_canonical_uris: (line) => {
				canonicalUris = !noArguments(line);
			},
			pass_thru: (line) => {
				passThru = noArguments(line);
			},
		},
		often: { hide: (line) => hide.push(...someArguments(line, 'files to hide')) },
		unsupported: ['fs', 'etag_file_extensions'],
	});
	return { type: 'file_server', ...rest, hide, browse, precompressed, canonicalUris, passThru };
}
