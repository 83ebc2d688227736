import { describe, expect, test } from 'vitest';
import { logPhpRecord } from '../../src/log/php-log.ts';
import { CapturingLogger } from '../support/capturing-logger.ts';

function logged(level: number, message: string, context?: string) {
	const log = new CapturingLogger();
	logPhpRecord(log, { thread: 3 }, { level, message, context });
	return log.records[0];
}

describe('what PHP logs', () => {
	test.each([
		[
			'PHP Fatal error:  Uncaught LogicException: odd in it in /app/a b.php:3\nStack trace:\n#0 {main}\n  thrown in /app/a b.php on line 3',
			{ error: 'Fatal error', file: '/app/a b.php', line: 3 },
		],
		[
			'PHP Warning:  Undefined variable $x in /app/x.php on line 12',
			{ error: 'Warning', file: '/app/x.php', line: 12 },
		],
		[
			'PHP Parse error:  syntax error, unexpected token ";" in /app/x.php on line 1',
			{ error: 'Parse error', file: '/app/x.php', line: 1 },
		],
		[
			"PHP Warning:  include(): a in /b on line 7 of it in /app/eval.php(3) : eval()'d code on line 1",
			{ error: 'Warning', line: 1 },
		],
	])('%j has its script and line as fields', (message, place) => {
		expect(logged(8, message)).toMatchObject({ level: 'error', message, context: { thread: 3, ...place } });
	});

	test.each([
		'it broke in /app/x.php on line 3',
		'PHP is nice',
		'PHP Warning:  something without a place',
	])('%j has none', (message) => {
		expect(logged(0, message)?.context).toEqual({ thread: 3 });
	});

	test.each([
		[
			'STDERR',
			"STDERR belongs to PHP's command line, and a server has none: write to php://stderr, or by frankenphp_log().",
		],
		['STDIN', "STDIN belongs to PHP's command line, and a server has none: read php://input."],
	])('%s is missing: a hint says what to do', (name, hint) => {
		const message = `PHP Fatal error:  Uncaught Error: Undefined constant "${name}" in /app/x.php:1`;
		expect(logged(8, message)?.context).toMatchObject({ hint });
		expect(logged(8, message.replace(name, 'STDERRS'))?.context).not.toHaveProperty('hint');
	});

	test('frankenphp_log() keeps its context and its level', () => {
		expect(logged(4, 'slow', '{"seconds":3,"thread":"another"}')).toEqual({
			level: 'warn',
			message: 'slow',
			context: { thread: 3, seconds: 3, thread_: 'another' },
		});
		expect(logged(-4, 'detail')?.level).toBe('debug');
	});
});
