import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cleanUp, Igor } from './support/igor.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What `npm start` gives to igor. */
function startArguments(): string[] {
	const { scripts } = JSON.parse(readFileSync(`${ROOT}/package.json`, 'utf8')) as { scripts: { start: string } };
	const [node, bin, ...args] = scripts.start.split(' ');
	expect([node, bin]).toEqual(['node', 'bin/igor.js']);
	return args;
}

describe('the demo app of npm start', () => {
	let url: string;
	beforeAll(async () => {
		url = await new Igor([...startArguments(), '--listen', '127.0.0.1:0'], ROOT).ready();
	});
	afterAll(cleanUp);

	test.each(['/', '/classic.php'])('%s shows what both sidekicks have published', async (path) => {
		const page = await (await fetch(url + path)).text();
		expect(page).toContain('data-sidekick="feature-flags"');
		expect(page).toContain('data-sidekick="machine-load"');
	});

	test('a newsletter is a message for the background worker: its progress comes as it is made', async () => {
		const answer = await fetch(`${url}/newsletter.php`);
		expect(answer.headers.get('content-type')).toBe('application/x-ndjson');
		const pieces: string[] = [];
		for await (const piece of answer.body ?? []) pieces.push(Buffer.from(piece).toString());
		expect(pieces.length).toBeGreaterThan(1);
		const lines = pieces.join('').trimEnd().split('\n');
		expect(lines.map((line) => (JSON.parse(line) as { done: number }).done)).toEqual(
			Array.from({ length: 12 }, (_, i) => i + 1),
		);
	});
});
