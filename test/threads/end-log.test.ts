import { expect, test } from 'vitest';
import { EndLog } from '../../src/threads/end-log.ts';
import { CapturingLogger, type LogRecord } from '../support/capturing-logger.ts';
import { eventually } from '../support/eventually.ts';
import { Scope } from '../support/scope.ts';

/** What the log says of runs that ended. */
const endsIn = (records: readonly LogRecord[]) =>
	records.filter(
		({ message, context: { event } }) => /ended and is/.test(message) || /^(?:returns|boot-)/.test(`${event}`),
	);

test('a worker without a loop: one warning that says what to do, and no request fails', async () => {
	await using scope = await Scope.start(
		{ 'worker.php': `<?php frankenphp_handle_request(function () { echo 'served'; });` },
		{ workers: [{ file: 'worker.php', num: 1 }] },
	);
	for (let count = 0; count < 8; count++) expect(await scope.get('/worker.php')).toBe('served');
	const ends = () => endsIn(scope.log.records);
	await eventually('seven ends', () => ends().filter(({ level }) => level === 'debug').length >= 7);
	expect(ends().filter(({ level }) => level !== 'debug')).toMatchObject([
		{
			level: 'warn',
			message: expect.stringMatching(
				/worker\.php ends after each request.*in a loop, while \(frankenphp_handle_request\(\$handler\)\).*exit\(\) ends the script$/,
			),
			context: { event: 'returns' },
		},
	]);
});

test('a worker that never serves: one warning with the reason and what to do, until there is another reason or it serves', () => {
	const log = new CapturingLogger();
	const ends = new EndLog('worker.php', log);
	const fail = (times: number, phpError?: string): void => {
		for (let end = 0; end < times; end++)
			ends.ended(
				{ isReady: false, thread: { id: 1, cell: { requests: 0 } } },
				{ outcome: { kind: 'exit', status: phpError === undefined ? 0 : 255 }, phpError },
			);
	};
	const told = () => log.records.splice(0).map(({ level, context: { event = 'ended' } }) => `${level} ${event}`);

	fail(6);
	expect(told()).toEqual(Array(6).fill('warn ended'));
	fail(1);
	expect(log.records[0]?.message).toBe(
		'worker.php has ended 7 times in a row before its first frankenphp_handle_request(): exit status 0; a worker script answers in ' +
			'a loop: while (frankenphp_handle_request($handler)). Correct the script, or what it needs; further ends like this one are at level debug',
	);
	expect(told()).toEqual(['warn boot-loop', 'debug ended']);
	fail(2);
	expect(told()).toEqual(['debug ended', 'debug ended']);
	fail(2, 'Uncaught LogicException: no database');
	expect(log.records[0]?.message).toMatch(
		/ended 10 times in a row before .*: Uncaught LogicException: no database\. Correct/,
	);
	expect(told()).toEqual(['warn boot-loop', 'debug ended', 'debug ended']);
	ends.ready();
	fail(1);
	expect(told()).toEqual(['warn ended']);
});
