import { CaddyfileError } from '../../caddyfile/errors.ts';
import { Position, PositionFinder, type Source } from '../../caddyfile/position.ts';
import { JsonNode } from './json-node.ts';

/** Characters, and brackets inside of each other: far more than any honest configuration has. */
const LONGEST = 16 * 1024 * 1024;
const DEEPEST = 512;

/** Parses a document. @param file as errors show it @throws CaddyfileError and nothing else */
export function parseJson(text: string, file: string): JsonNode {
	const source = { file, text };
	if (text.length > LONGEST) {
		const what = `this is no configuration: it has more than ${LONGEST / 1024 / 1024} million characters`;
		throw new CaddyfileError('too_large', new Position({ file, text: '' }, 1, 1, ''), what);
	}
	try {
		const value: unknown = JSON.parse(text.replace(/^\ufeff/, ''));
		refuseDepth(source);
		return new JsonNode(value, '', source);
	} catch (error) {
		if (error instanceof CaddyfileError) throw error;
		throw notJson(source, error instanceof Error ? error.message : String(error));
	}
}

/** What reads it calls itself for what is inside, and the stack has an end. */
function refuseDepth(source: Source): void {
	let depth = 0;
	for (const { 0: found, index } of source.text.matchAll(/"(?:[^"\\]|\\.)*"|[[{]|[\]}]/gs)) {
		if (found === '[' || found === '{') depth++;
		else if (found === ']' || found === '}') depth--;
		if (depth <= DEEPEST) continue;
		throw new CaddyfileError(
			'too_large',
			new PositionFinder(source).at(index),
			`values are nested deeper than ${DEEPEST}`,
		);
	}
}

/** @param reason V8's, with what it quotes and where, in one of several forms */
function notJson(source: Source, reason: string): CaddyfileError {
	const { text } = source;
	const at = /at position (\d+)/.exec(reason)?.[1];
	const offset = at === undefined ? unexpectedAt(text) : Number(at);
	const [what = ''] = reason.split(/ in JSON at position|, "|, \.\.\."| \(line /);
	const position = new PositionFinder(source).at(Math.min(offset, text.length));
	return new CaddyfileError('bad_syntax', position, `this is no JSON: ${what}`);
}

/** Where the token is that V8 did not expect: it does not say so. The shortest beginning that has it is found by halves. */
function unexpectedAt(text: string): number {
	let [low, high] = [0, text.length];
	while (low < high) {
		const middle = (low + high) >> 1;
		if (isUnexpected(text.slice(0, middle))) high = middle;
		else low = middle + 1;
	}
	return isUnexpected(text.slice(0, low)) ? low - 1 : text.length;
}

function isUnexpected(text: string): boolean {
	try {
		JSON.parse(text);
		return false;
	} catch (error) {
		return error instanceof Error && error.message.startsWith('Unexpected token');
	}
}
