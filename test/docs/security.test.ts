import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const SECURITY = readFileSync(at('SECURITY.md'), 'utf8');
const named = [...SECURITY.matchAll(/`(test\/[^`]*)`/g)].map(([, path]) => path as string);

test('SECURITY.md names tests that there are', () => {
	expect(named.length).toBeGreaterThan(10);
	expect(named.filter((path) => !existsSync(at(path)))).toEqual([]);
});

test('SECURITY.md names all that attack', () => {
	const attacks = readdirSync(at('test/attacks')).filter((name) => name.endsWith('.test.ts'));
	expect(attacks.filter((name) => !named.includes(`test/attacks/${name}`))).toEqual([]);
});
