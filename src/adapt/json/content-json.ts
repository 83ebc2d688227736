import { DEFAULT_MINIMUM_LENGTH, type Encoding } from '../../directives/encode.ts';
import type { FileServer } from '../../directives/file-server.ts';
import { compact, type JsonData, type ReadHandler, unlessEmpty, type WriteDirective } from './json-forms.ts';
import { BlockLines, lineOf } from './json-lines.ts';
import { readResponseMatcherLines, writeResponseMatcher } from './response-matcher-json.ts';

/** `encode` */
export const writeEncode: WriteDirective<'encode'> = ({ encodings, minimumLength, match }) => [
	compact({
		handler: 'encode',
		encodings: Object.fromEntries(encodings.map((encoding) => [encoding.name, writeEncoding(encoding)])),
		prefer: encodings.map(({ name }) => name),
		minimum_length: minimumLength === DEFAULT_MINIMUM_LENGTH ? undefined : minimumLength,
		match: match && writeResponseMatcher(match),
	}),
];

function writeEncoding({ name, level }: Encoding): JsonData {
	return compact({ [name === 'br' ? 'quality' : 'level']: level });
}

/** Caddy's `encode`. */
export const readEncodeHandler: ReadHandler = (handler) => {
	const place = handler.node.position;
	const encodings = handler.get('encodings')?.entries() ?? [];
	const preferred = (handler.get('prefer')?.list() ?? []).map((node) => node.text());
	const rank = (name: string): number => (preferred.includes(name) ? preferred.indexOf(name) : preferred.length);
	const block = encodings
		.toSorted(([a], [b]) => rank(a) - rank(b))
		.map(([name, node]) => {
			const encoding = node.object();
			// zstd's is a word.
			const level = encoding.get('level') ?? encoding.get('quality');
			encoding.ignore('quality');
			encoding.end(['checksum', 'window_size', 'lgwin']);
			return lineOf(node.position, name, level ? [name === 'zstd' ? level : level.amount()] : []);
		});
	const match = handler.get('match');
	if (match) block.push(lineOf(match.position, 'match', [], readResponseMatcherLines(match)));
	const lines = new BlockLines(handler).add(...block).amount('minimum_length');
	handler.end();
	return [lineOf(place, 'encode', [], lines.lines)];
};

/** `file_server` */
export const writeFileServer: WriteDirective<'file_server'> = (directive) => [writeFiles(directive)];

function writeFiles({
	root,
	hide,
	index,
	browse,
	precompressed,
	status,
	canonicalUris,
	passThru,
}: FileServer): JsonData {
	return compact({
		handler: 'file_server',
		root,
		hide: unlessEmpty(hide),
		index_names: unlessEmpty(index),
		browse: browse ? {} : undefined,
		precompressed: unlessEmpty(precompressed) && Object.fromEntries(precompressed.map((name) => [name, {}])),
		precompressed_order: unlessEmpty(precompressed),
		status_code: status,
		canonical_uris: canonicalUris ? undefined : false,
		pass_thru: passThru || undefined,
	});
}

/** Caddy's `file_server`. */
export const readFileServerHandler: ReadHandler = (handler) => {
	const place = handler.node.position;
	const lines = new BlockLines(handler)
		.value('root')
		.list('hide')
		.list('index_names', 'index')
		.weak('status_code', 'status')
		.flag('canonical_uris', 'disable_canonical_uris', false)
		.flag('pass_thru');
	const browse = handler.get('browse');
	if (browse) {
		browse.object().end(['template_file', 'reveal_symlinks', 'sort', 'file_limit']);
		lines.add(lineOf(browse.position, 'browse'));
	}
	const precompressed = handler.get('precompressed');
	const formats = precompressed?.entries().map(([name]) => name) ?? [];
	const order = (handler.get('precompressed_order')?.list() ?? []).map((node) => node.text());
	const ordered = [
		...order.filter((name) => formats.includes(name)),
		...formats.filter((name) => !order.includes(name)),
	];
	if (precompressed && ordered.length > 0) lines.add(lineOf(precompressed.position, 'precompressed', ordered));
	handler.end(['fs', 'etag_file_extensions']);
	return [lineOf(place, 'file_server', [], lines.lines)];
};

/** `request_body` */
export const writeRequestBody: WriteDirective<'request_body'> = ({ maxSize }) => [
	compact({ handler: 'request_body', max_size: maxSize }),
];

/** Caddy's `request_body`. */
export const readRequestBodyHandler: ReadHandler = (handler) => {
	const lines = new BlockLines(handler).amount('max_size').lines;
	handler.end(['set', 'read_timeout', 'write_timeout']);
	return [lineOf(handler.node.position, 'request_body', [], lines)];
};
