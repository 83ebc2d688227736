import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { checkMemory, SERVER_MEMORY, THREAD_MEMORY } from '../../src/cli/doctor-machine.ts';

test('too little memory fails, enough says for how many threads', () => {
	expect(checkMemory(200e6, 256e6)).toEqual({
		verdict: 'fail',
		text: 'Memory: 200 MB available of 256 MB, and a server with 2 threads begins with 279 MB; end other programs, or raise the limit of the container',
	});
	expect(checkMemory(1000e6, 2000e6)).toEqual({
		verdict: 'ok',
		text: 'Memory: 1,000 MB available of 2,000 MB, enough for 19 PHP threads before their scripts take some',
	});
});

test('its figures are those that the page of performance has measured', () => {
	const page = readFileSync(new URL('../../docs/understand/performance.md', import.meta.url), 'utf8');
	expect(page).toContain(`${SERVER_MEMORY / 1e6} MB + (threads + 1) × (${THREAD_MEMORY / 1e6} MB`);
});
