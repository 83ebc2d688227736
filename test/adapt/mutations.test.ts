import fc from 'fast-check';
import { expect, test } from 'vitest';
import { adaptCaddyfile } from '../../src/adapt/adapt.ts';
import { CaddyfileError } from '../../src/caddyfile/errors.ts';
import { memoryHost } from '../caddyfile/support.ts';
import { SAMPLES, WORDS } from './samples.ts';

const HOST = memoryHost(
	{
		'/etc/igor/common.conf': 'encode zstd br gzip\nheader -Server\n{block}\n',
		'/etc/igor/sites/a.conf': 'a.test {\n\trespond {args[0]}\n}\n',
		'/etc/igor/self.conf': 'import self.conf\n',
	},
	{ PORT: '8081', LINES: 'a\nb "c' },
);

/** A place in the text as a fraction of its length, what to do there, how much of it, and with which word. */
const mutation = fc.record({
	at: fc.double({ min: 0, max: 1, noNaN: true }),
	kind: fc.constantFrom('insert', 'delete', 'duplicate', 'replace', 'move', 'cut'),
	length: fc.nat(40),
	word: fc.oneof(fc.constantFrom(...WORDS), fc.string({ unit: 'binary', maxLength: 4 })),
});

type Mutation = typeof mutation extends fc.Arbitrary<infer T> ? T : never;

function mutate(text: string, { at, kind, length, word }: Mutation): string {
	const start = Math.floor(at * text.length);
	const before = text.slice(0, start);
	const piece = text.slice(start, start + length);
	const after = text.slice(start + length);
	switch (kind) {
		case 'insert':
			return before + word + piece + after;
		case 'delete':
			return before + after;
		case 'duplicate':
			return before + piece + piece + after;
		case 'replace':
			return before + word + after;
		case 'move':
			return piece + before + after;
		default:
			return at > 0.5 ? before : piece + after;
	}
}

/** Milliseconds of processor time; thousands of times what it takes, and nothing that hangs stays below. */
const FAR_TOO_LONG = 3000;

/** Milliseconds that this thread has computed so far: other programs of the machine do not count. */
function computed(): number {
	const { user, system } = process.threadCpuUsage();
	return (user + system) / 1000;
}

test('1,000 mutated Caddyfiles are adapted, or refused with a position, and nothing else', () => {
	const outcomes = { adapted: 0, refused: 0 };
	fc.assert(
		fc.property(
			fc.constantFrom(...SAMPLES),
			fc.array(mutation, { minLength: 1, maxLength: 6 }),
			(sample, mutations) => {
				const text = mutations.reduce(mutate, sample);
				const start = computed();
				try {
					expect(JSON.stringify(adaptCaddyfile(text, '/etc/igor/Caddyfile', HOST))).toBeTypeOf('string');
					outcomes.adapted++;
				} catch (error) {
					if (!(error instanceof CaddyfileError)) throw error;
					outcomes.refused++;
					const { file, line, column, sourceLine } = error.position;
					const read = file === '/etc/igor/Caddyfile' ? text : HOST.read(file);
					expect(line).toBeGreaterThanOrEqual(1);
					expect(line).toBeLessThanOrEqual(read!.split('\n').length);
					expect(column).toBeGreaterThanOrEqual(1);
					expect(column).toBeLessThanOrEqual(sourceLine.length + 1);
					expect(error.message.startsWith(`${file}:${line}:${column}: ${error.summary}\n    `)).toBe(true);
				}
				expect(computed() - start).toBeLessThan(FAR_TOO_LONG);
			},
		),
		{ numRuns: 1000 },
	);
	// Otherwise the mutations are too wild, or too tame, to say anything.
	expect(outcomes.adapted).toBeGreaterThan(50);
	expect(outcomes.refused).toBeGreaterThan(200);
});

test('the samples themselves are adapted', () => {
	for (const sample of SAMPLES) expect(adaptCaddyfile(sample, '/etc/igor/Caddyfile', HOST).sites).not.toEqual([]);
});

test.each([
	['opening braces', '{\n'],
	['blocks', 'a {\n'],
	['quotes', '"'],
	['environment variables that do not end', '{$'],
	['heredocs', '<< '],
	['backslashes', '\\'],
	['negations', '@a not '],
	['continued lines', 'a \\\n'],
	['commas', 'a, '],
	['snippets', '(a) {\n}\n'],
	['imports', 'import a\n'],
	['brackets', 'import [x\n'],
	['arguments', '(a) {\n{args[0]}\n}\nimport a b\n'],
	['header lines', ':80 {\nheader a b\n'],
	['responds', 'x\nrespond /a b\n'],
])('50,000 %s do not hang', (_, piece) => {
	for (const text of [piece.repeat(50_000), `:80 {\n${piece.repeat(50_000)}`, `:80\nrespond ${piece.repeat(50_000)}`]) {
		const start = computed();
		try {
			adaptCaddyfile(text, 'Caddyfile', HOST);
		} catch (error) {
			expect(error).toBeInstanceOf(CaddyfileError);
		}
		expect(computed() - start).toBeLessThan(FAR_TOO_LONG);
	}
});
