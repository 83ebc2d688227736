import {
	lstatSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	readlinkSync,
	realpathSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AttackedServer, type Operation, type Place } from './support/attacked-server.ts';
import { operateNatively } from './support/model.ts';

/** How many operations all runs have together. */
const OPERATIONS = Number(process.env.IGOR_ATTACK_OPERATIONS ?? 10_000);
/** The same operations each time, unless the environment says `random` or another number. */
const { IGOR_ATTACK_SEED = '1' } = process.env;
const SEED = IGOR_ATTACK_SEED === 'random' ? undefined : IGOR_ATTACK_SEED;
const SEGMENT = 10;
const SEGMENTS = 5;

const name = fc.constantFrom('a', 'b', 'sub', 'x', 'y', 'l', 'm');
const plainPath = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('/'));
/** Also with detours, which natively lead through the real folders. */
const path = fc.oneof(
	{ weight: 8, arbitrary: plainPath },
	{
		weight: 1,
		arbitrary: fc.tuple(plainPath, fc.constantFrom('/../', '/./', '//'), name).map((parts) => parts.join('')),
	},
	{ weight: 1, arbitrary: plainPath.map((parts) => `${parts}/`) },
);
/** fopen() goes by the text of a path where that says '..', in ways of its own. */
const openedPath = fc.oneof(
	{ weight: 8, arbitrary: plainPath },
	{ weight: 1, arbitrary: plainPath.map((parts) => `${parts}/`) },
);
/** PHP looks at all but the last name of what a link is to say; so there is only one. */
const target = fc.oneof(
	name,
	name.map((last) => `TREE/${last}`),
	fc.constantFrom('OUTSIDE', 'OUTSIDE/canary.txt'),
);
const text = fc.constantFrom('one', 'two words', '');
const operation: fc.Arbitrary<Operation> = fc.oneof(
	openedPath.map((where): Operation => ['read', where]),
	...['stat', 'lstat', 'is', 'list', 'iterate', 'readlink', 'mkdir', 'rmdir', 'unlink', 'chdir'].map((kind) =>
		path.map((where): Operation => [kind, where]),
	),
	plainPath.map((where): Operation => ['realpath', where]),
	...['write', 'append', 'first'].map((kind) => fc.tuple(fc.constant(kind), openedPath, text)),
	fc.tuple(fc.constant('truncate'), openedPath, fc.constantFrom(0, 2, 9)),
	fc.tuple(fc.constant('chmod'), path, fc.constantFrom(0o755, 0o700, 0o777)),
	fc.tuple(fc.constant('touch'), path, fc.constantFrom(1_000, 2_000)),
	fc.tuple(fc.constant('rename'), path, path),
	fc.tuple(fc.constant('link'), plainPath, plainPath),
	...Array.from({ length: 3 }, () => fc.tuple(fc.constant('symlink'), plainPath, target)),
	// Only from below: from the top it would lead out of the tree, where the two are not the same.
	fc.tuple(name, name, name).map(([folder, link, to]): Operation => ['symlink', `${folder}/${link}`, `../${to}`]),
);

let attacked: AttackedServer;
let native: string;

beforeAll(async () => {
	attacked = await AttackedServer.start();
	native = realpathSync(mkdtempSync(join(tmpdir(), 'native-')));
});
afterAll(async () => {
	await attacked[Symbol.asyncDispose]();
	rmSync(native, { recursive: true, force: true });
});

/** The same tree twice, each with a link that leads out: natively to nothing, and PHP must not notice a difference. */
function plant(): void {
	attacked.plant();
	const tree = join(native, 'work/tree');
	rmSync(dirname(tree), { recursive: true, force: true });
	mkdirSync(join(tree, 'a/sub'), { recursive: true });
	mkdirSync(join(tree, 'b'));
	for (const file of ['a/sub/x', 'a/x', 'f']) writeFileSync(join(tree, file), 'inside');
	symlinkSync(attacked.grounds.outside, join(attacked.tree, 'b/m'));
	symlinkSync(join(native, 'no/thing'), join(tree, 'b/m'));
}

/** Paths and link texts that differ between the two trees. */
function comparable(result: unknown): unknown {
	return JSON.parse(
		JSON.stringify(result)
			.replaceAll(attacked.tree, 'TREE')
			.replaceAll(join(native, 'work/tree'), 'TREE')
			.replaceAll(dirname(attacked.tree), 'WORK')
			.replaceAll(join(native, 'work'), 'WORK')
			.replaceAll(attacked.grounds.outside, 'OUTSIDE')
			.replaceAll(join(native, 'no/thing'), 'OUTSIDE'),
	);
}

/** Links have the length of their text, which differs. */
function withoutLinkSizes([kind]: Operation, result: unknown): unknown {
	return kind === 'lstat' && Array.isArray(result) && ((result[0] as number) & 0o170000) === 0o120000
		? [result[0], result[1], 0]
		: result;
}

function withOutside(outside: string, [kind, where, more]: Operation): Operation {
	return more === undefined
		? [kind, where ?? '']
		: [kind, where ?? '', typeof more === 'string' ? more.replace('OUTSIDE', outside) : more];
}

/** Also what no operation has asked for must be the same. */
function everythingIn(folder: string): unknown[] {
	return readdirSync(folder)
		.sort()
		.map((name) => {
			const path = join(folder, name);
			const stat = lstatSync(path);
			if (stat.isDirectory()) return [name, stat.mode, everythingIn(path)];
			return [name, stat.mode, stat.isSymbolicLink() ? comparable(readlinkSync(path)) : readFileSync(path, 'utf8')];
		});
}

/** Where a run's segments are run: mostly where it costs a millisecond. */
function placeOf(run: number, segment: number): Place {
	if (segment === 1 && run % 10 === 0) return 'sidekick';
	if (segment === 3 && run % 50 === 0) return 'php-cli';
	return (run + segment) % 2 === 0 ? 'classic' : 'worker';
}

test('files are, across threads, what they are natively', { timeout: 600_000 }, async () => {
	let run = 0;
	await fc.assert(
		fc.asyncProperty(
			fc.array(operation, { minLength: SEGMENT * SEGMENTS, maxLength: SEGMENT * SEGMENTS }),
			async (operations) => {
				run++;
				plant();
				for (let segment = 0; segment * SEGMENT < operations.length; segment++) {
					const part = operations.slice(segment * SEGMENT, (segment + 1) * SEGMENT);
					const expected = part.map((each) =>
						withoutLinkSizes(
							each,
							operateNatively(join(native, 'work/tree'), withOutside(join(native, 'no/thing'), each)),
						),
					);
					const results = await attacked.do(
						placeOf(run, segment),
						part.map((each) => withOutside(attacked.grounds.outside, each)),
					);
					attacked.grounds.expectNothingOf(results);
					const said = results.map((result, i) => withoutLinkSizes(part[i] as Operation, result));
					expect(everythingIn(attacked.tree)).toEqual(everythingIn(join(native, 'work/tree')));
					expect(part.map((each, i) => [each, comparable(said[i])])).toEqual(
						part.map((each, i) => [each, comparable(expected[i])]),
					);
				}
				attacked.grounds.expectUntouched();
			},
		),
		{ numRuns: Math.ceil(OPERATIONS / SEGMENT / SEGMENTS), ...(SEED === undefined ? {} : { seed: Number(SEED) }) },
	);
});
