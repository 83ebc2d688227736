import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { licencesPage } from '../../scripts/licences/main.ts';
import { DEFAULTS } from '../../src/config/defaults.ts';

const read = (name: string): string => readFileSync(fileURLToPath(new URL(`../../${name}`, import.meta.url)), 'utf8');

test('LICENCES.md is what lock file, build and PHP say: else run npm run licences', async () => {
	const page = await licencesPage();
	expect(read('LICENCES.md')).toBe(page);
	expect(page).toMatch(/^\| PHP \| .* \| PHP-3\.01, /m);
	expect(JSON.parse(read('package.json')).files).toContain('LICENCES.md');
});

test('an install brings php.wasm and what is native; JavaScript is bundled', () => {
	const { dependencies, optionalDependencies } = JSON.parse(read('package.json'));
	expect(Object.keys(dependencies)).toEqual([`@php-wasm/node-${DEFAULTS.phpVersion.replace('.', '-')}`]);
	expect(Object.keys(optionalDependencies)).toEqual(['koffi']);
});
