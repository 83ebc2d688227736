import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createOutdatedCodeBuffer, OutdatedCode } from '../../src/shared-memory/outdated-code.ts';

const SLOTS = 256;
const file = (name: string, forced = false) => ({ path: new TextEncoder().encode(name), forced });

function threads(count: number): OutdatedCode[] {
	const buffer = createOutdatedCodeBuffer();
	return Array.from({ length: count }, (_, thread) => new OutdatedCode(buffer, thread));
}

test('each of the others hears of it once, in order; who has declared it does not', () => {
	const [a, b, c] = threads(3) as [OutdatedCode, OutdatedCode, OutdatedCode];
	a.declare(file('/a.php'));
	b.declare(file('/b.php', true));
	a.declare('all');
	for (const [one, heard] of [
		[a, [file('/b.php', true)]],
		[b, [file('/a.php'), 'all']],
		[c, [file('/a.php'), file('/b.php', true), 'all']],
	] as const) {
		for (const what of heard) expect(one.next()).toEqual(what);
		expect(one.next()).toBeUndefined();
	}
});

test('a thread that comes later hears of what comes later', () => {
	const buffer = createOutdatedCodeBuffer();
	const first = new OutdatedCode(buffer, 1);
	first.declare(file('/before.php'));
	const second = new OutdatedCode(buffer, 2);
	first.declare(file('/after.php'));
	expect(second.next()).toEqual(file('/after.php'));
	expect(second.next()).toBeUndefined();
});

test('more than are remembered, or a path that is too long, is all of them', () => {
	const [a, b] = threads(2) as [OutdatedCode, OutdatedCode];
	a.declare(file(`/${'x'.repeat(500)}`));
	expect(b.next()).toBe('all');
	for (let i = 0; i < SLOTS; i++) a.declare(file(`/${i}.php`));
	for (let i = 0; i < SLOTS; i++) expect(b.next()).toEqual(file(`/${i}.php`));
	for (let i = 0; i <= SLOTS; i++) a.declare(file(`/${i}.php`));
	expect(b.next()).toBe('all');
	expect(b.next()).toBeUndefined();
});

test('nobody misses anything, whoever declares and listens when', () => {
	const step = fc.record({ thread: fc.nat(2), declares: fc.boolean() });
	fc.assert(
		fc.property(fc.array(step, { maxLength: 1000 }), (steps) => {
			const all = threads(3);
			const due: string[][] = [[], [], []];
			for (const [i, { thread, declares }] of steps.entries()) {
				if (declares) {
					all[thread]?.declare(file(`/${i}`));
					for (const [other, list] of due.entries()) if (other !== thread) list.push(`/${i}`);
					continue;
				}
				for (const wanted of due[thread]?.splice(0) ?? []) {
					const heard = all[thread]?.next();
					if (heard === 'all') break;
					expect(heard).toEqual(file(wanted));
				}
				expect(all[thread]?.next()).toBeUndefined();
			}
		}),
	);
});
