import { describe, expect, test } from 'vitest';
import { MODES } from '../../support/application.ts';
import { platform } from '../../support/node/platform.ts';
import { useApplication } from '../../support/use-application.ts';

type Thrown = { class: string; message: string } | null;

describe.each(platform.phpVersions)('FrankenPHP\\WorkerHandle, PHP %s', (php) => {
	const app = useApplication({ threads: 1, workerThreads: 1, php });

	test.each(['select', 'fgets', 'recvfrom', 'poll'])('a sidekick waits on it: %s', async (how) => {
		const name = `handle:${how}`;
		expect(await app().vars(name)).toEqual({
			first: true,
			tick: true,
			quiet: true,
			'the same': true,
			'a fresh one': true,
			'of its own': true,
			how,
			float: 0.5,
		});
		await app().server.sidekicks.stop(name);
		expect(JSON.parse(await app().read(`${name}.end`))).toEqual({
			tick: [false, false],
			readable: true,
			'end of file': true,
		});
	});

	test.each(MODES)('elsewhere it cannot be made, in %s mode', async (mode) => {
		const seen = await app().value<Record<string, unknown> & Record<'new' | 'around' | 'unserialize', Thrown>>(
			mode,
			'handle',
		);
		expect(seen).toMatchObject({
			final: true,
			extension: 'frankenphp',
			implements: ['Io\\Poll\\Handle'],
			methods: ['__construct: none', 'tick: bool', 'getStream: none', 'setVars: void'],
		});
		expect(seen.new).toEqual({
			class: 'RuntimeException',
			message: 'A FrankenPHP\\WorkerHandle can only be made inside a background worker or a sidekick',
		});
		expect(seen.around?.message).toMatch(/without invoking its constructor|was not constructed/);
		expect(seen.unserialize?.message).toContain("Unserialization of 'FrankenPHP\\WorkerHandle' is not allowed");
	});
});
