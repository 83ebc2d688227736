import { describe, expect, test } from 'vitest';
import { MODES } from '../../support/application.ts';
import { useApplication } from '../../support/use-application.ts';

const app = useApplication({ threads: 1, workerThreads: 1 });

type Status = { enabled: boolean; scripts: number; hits: number; file_only: string; cached: boolean };

describe.each(MODES)('opcache in %s mode', (mode) => {
	test('is live: later requests run compiled scripts from memory', async () => {
		await app().value(mode, 'age');
		const first = await app().value<Status>(mode, 'opcache');
		expect(first).toMatchObject({ enabled: true, file_only: '0', cached: true });
		const second = await app().value<Status>(mode, 'opcache');
		expect(second.hits).toBeGreaterThan(first.hits);
		expect(second.scripts).toBe(first.scripts);
	});
});

test('is live in sidekicks', async () => {
	expect((await app().vars('version')).opcache).toBe('true');
});
