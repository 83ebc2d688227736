import { describe, expect, test } from 'vitest';
import { MODES } from '../../support/application.ts';
import { useResponseApplication } from './support/response-application.ts';

const app = useResponseApplication({
	maxConsecutiveFailures: -1,
	phpIni: { memory_limit: '24M', display_errors: '1' },
});

describe.each(MODES)('memory_limit in %s mode', (mode) => {
	test('fails what needs more, again and again, and nothing else', async () => {
		for (let i = 0; i < 3; i++) {
			const { status, body } = await app().ask(mode, 'memory', { megabytes: '30' });
			expect(status).toBe('500 Internal Server Error');
			expect(body).toMatch(/Allowed memory size of 25165824 bytes exhausted \(tried to allocate \d+ bytes\)/);
			expect((await app().ask(mode, 'memory', { megabytes: '8' })).body).toBe('8 of 24M');
		}
	});

	test('is what the script sets, either way', async () => {
		expect((await app().ask(mode, 'memory', { megabytes: '30', limit: '64M' })).body).toBe('30 of 64M');
		const { status, body } = await app().ask(mode, 'memory', { megabytes: '14', limit: '12M' });
		expect(status).toBe('500 Internal Server Error');
		expect(body).toContain('Allowed memory size of 12582912 bytes exhausted');
		// A failure starts a worker's script anew; ini_set() is undone for classic requests in any case.
		expect((await app().ask(mode, 'memory', { megabytes: '14' })).body).toBe('14 of 24M');
	});
});
