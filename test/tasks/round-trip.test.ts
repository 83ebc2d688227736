import { describe, expect, test } from 'vitest';
import { MODES } from '../support/application.ts';
import { platform } from '../support/node/platform.ts';
import { useApplication } from '../support/use-application.ts';

type Answer = { read: unknown[]; end: { class: string; message: string } | null };

describe.each(platform.phpVersions)('tasks, PHP %s', (php) => {
	const app = useApplication({ threads: 2, workerThreads: 1, php });

	test.each(MODES)('a task goes to a sidekick, and its updates come back: %s', async (mode) => {
		const payload = { 'a number': 1.5, list: [1, 2, [null, true]], text: 'é' };
		for (let i = 0; i < 3; i++) {
			const answer = await app().value<Answer>(mode, 'task', { name: 'tasks', payload: JSON.stringify(payload) });
			expect(answer).toEqual({ read: [payload], end: null });
		}
	});
});
