import { describe, expect, test } from 'vitest';
import type { SidekickEvent } from '../../src/sidekicks/sidekick-event.ts';
import { eventually } from '../support/eventually.ts';
import { Scope } from '../support/scope.ts';
import { SIDEKICK } from './fixtures.ts';

const FILES = {
	'console.php': SIDEKICK,
	'vars.php': `<?php
		try { echo json_encode(frankenphp_sidekick_get_vars($_GET['name'], 20)); }
		catch (RuntimeException $e) { echo $e->getMessage(); }
	`,
};
const OPTIONS = { sidekickEntrypoint: 'console.php' };

describe('sidekicks of a scope', () => {
	test('allow: other names are refused, with the patterns and the directive', async () => {
		await using scope = await Scope.start(FILES, { ...OPTIONS, sidekickAllow: ['config', 'flags-*'] });
		expect(JSON.parse(await scope.get('/vars.php?name=config'))).toMatchObject({ name: 'config' });
		expect(JSON.parse(await scope.get('/vars.php?name=flags-eu'))).toMatchObject({ name: 'flags-eu' });
		const refusal = await scope.get('/vars.php?name=my-flags-eu');
		expect(refusal).toMatch(/"my-flags-eu".*"config", "flags-\*".*sidekick \{ allow/);
		expect(scope.server.sidekicks.list()).toHaveLength(2);
	});

	test('eager: they run before anybody asks, and are allowed', async () => {
		await using scope = await Scope.start(FILES, {
			...OPTIONS,
			sidekickAllow: ['other'],
			sidekickEager: ['one', 'two'],
		});
		for (const name of ['one', 'two']) {
			await eventually(`${name} to be ready`, () => scope.server.sidekicks.get(name)?.state === 'ready');
		}
	});

	test('eager: one that cannot run is logged, and the server runs', async () => {
		await using scope = await Scope.start(
			{ ...FILES, 'console.php': '<?php throw new LogicException("no such thing");' },
			{ ...OPTIONS, sidekickEager: ['one'], maxConsecutiveFailures: 1 },
		);
		await eventually('the reason', () => scope.log.matching('no such thing').some(({ level }) => level === 'error'));
		expect(await scope.get('/vars.php?name=one')).toMatch(/no such thing/);
	});

	test('a snapshot can be read, byte by byte', async () => {
		const code =
			'<?php frankenphp_sidekick_set_vars(["a" => "", "ü" => "\\0\\xff", "long" => str_repeat("x", 70000)]); sleep(60);';
		await using scope = await Scope.start({ ...FILES, 'console.php': code }, { ...OPTIONS, sidekickEager: ['one'] });
		const { sidekicks } = scope.running;
		expect(sidekicks.snapshot('two')).toBeUndefined();
		const { entries, version } = await eventually('a snapshot', () => sidekicks.snapshot('one'));
		expect(version).toBeGreaterThan(0);
		expect(entries.map(({ key, size }) => [key, size])).toEqual([
			['a', 0],
			['ü', 2],
			['long', 70_000],
		]);
		expect([...(entries[1]?.value ?? [])]).toEqual([0, 255]);
	});

	test('counts what happened, also when the name is gone', async () => {
		const code = `<?php
			if (!is_file(__DIR__ . '/go')) exit(7);
			frankenphp_sidekick_set_vars(['a' => '1']);
			frankenphp_sidekick_set_vars(['a' => '2']);
			while (!frankenphp_sidekick_should_stop()) { if (is_file(__DIR__ . '/crash')) { unlink(__DIR__ . '/crash'); exit(8); } usleep(2000); clearstatcache(); }
		`;
		await using scope = await Scope.start({ ...FILES, 'console.php': code }, OPTIONS);
		const { sidekicks } = scope.running;
		const reader = scope.get('/vars.php?name=one');
		await eventually('failed starts', () => (sidekicks.get('one')?.bootFailures ?? 0) >= 2);
		expect(sidekicks.get('one')).toMatchObject({ readersWaiting: 1, timeToReady: undefined, publications: 0 });
		scope.write('go', '');
		await reader;
		await eventually('two publications', () => sidekicks.get('one')?.publications === 2);
		expect(sidekicks.get('one')).toMatchObject({ readersWaiting: 0, crashes: 0 });
		await eventually('the time to ready', () => (sidekicks.get('one')?.timeToReady ?? 0) > 0);
		scope.write('crash', '');
		await eventually('the next run', () => sidekicks.get('one')?.publications === 4);
		const { starts, bootFailures, crashes } = sidekicks.get('one') ?? {};
		expect([crashes, starts]).toEqual([1, (bootFailures ?? 0) + 2]);
		await sidekicks.stop('one');
		expect(sidekicks.get('one')).toBeUndefined();
		expect(sidekicks.counters()).toEqual([{ name: 'one', starts, bootFailures, crashes, publications: 4 }]);
		await scope.get('/vars.php?name=one');
		await eventually('publications on top', () => sidekicks.get('one')?.publications === 6);
	});

	test('events are told to each listener until it unsubscribes; one that throws does no harm', async () => {
		await using scope = await Scope.start(FILES, OPTIONS);
		const events: SidekickEvent[] = [];
		const unsubscribe = scope.running.onSidekickEvent((event) => events.push(event));
		scope.running.onSidekickEvent(() => {
			throw new Error('a bad listener');
		});
		await scope.get('/vars.php?name=one');
		await eventually('ready', () => events.some(({ type }) => type === 'ready'));
		expect(events.map(({ type, name }) => [type, name])).toEqual([
			['starting', 'one'],
			['ready', 'one'],
		]);
		expect(scope.log.matching('a bad listener')).toHaveLength(2);
		unsubscribe();
		unsubscribe();
		await scope.running.sidekicks.stop('one');
		expect(events).toHaveLength(2);
	});

	test('a restart runs a file that has changed a moment ago', async () => {
		await using scope = await Scope.start(FILES, OPTIONS);
		await scope.get('/vars.php?name=one');
		for (const version of ['1', '2', '3']) {
			scope.write(
				'console.php',
				`<?php frankenphp_sidekick_set_vars(['version' => '${version}']); while (!frankenphp_sidekick_should_stop()) sleep(60);`,
			);
			scope.running.sidekicks.restartAll();
			await eventually(
				'the new version',
				async () => (await scope.get('/vars.php?name=one')) === `{"version":"${version}"}`,
			);
			expect(scope.running.sidekicks.get('one')?.attempts).toBe(Number(version) + 1);
		}
	});
});
