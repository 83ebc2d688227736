import { describe, expect, test } from 'vitest';
import { type Passage, toEditor, toXdebug } from '../../../src/php-thread/debugging/dbgp-paths.ts';
import { ShownPaths } from '../../../src/php-thread/debugging/shown-paths.ts';

const PATHS = new ShownPaths([
	{ host: '/home/me/app', visible: '/srv/app' },
	{ host: '/home/me/été', visible: '/srv/app/summer/' },
	{ host: '/same', visible: '/same' },
]);

/** Byte by byte, and all at once: the result must not depend on it. */
function through(make: () => Passage, ...messages: string[]): string {
	const all = Buffer.from(messages.join(''), 'latin1');
	const whole = make();
	const once = Buffer.concat([whole.take(all), whole.rest()]).toString('latin1');
	const pieces = make();
	const parts = [...all].map((byte) => Buffer.from(pieces.take(Uint8Array.of(byte))));
	expect(Buffer.concat([...parts, pieces.rest()]).toString('latin1')).toBe(once);
	return once;
}

const packet = (xml: string): string => `${xml.length}\0${xml}\0`;

describe('what Xdebug says', () => {
	test('has the paths of the host, in whatever attribute, and its new length', () => {
		const said = (path: string): string =>
			packet(`<init fileuri="file://${path}/a.php"/>`) +
			packet(`<response><stack where="f" filename="file://${path}/b%20c.php" lineno="3"/></response>`);
		expect(through(() => toEditor(PATHS), said('/srv/app'))).toBe(said('/home/me/app'));
		expect(through(() => toEditor(PATHS), said('/srv/app/summer'))).toBe(said('/home/me/%C3%A9t%C3%A9'));
		for (const other of ['/same', '/srv/apple', '/elsewhere']) {
			expect(through(() => toEditor(PATHS), said(other))).toBe(said(other));
		}
	});

	test('is not changed where a script has put such text', () => {
		const said = packet('<response><property><![CDATA[<x filename="file:///srv/app/a.php">]]></property></response>');
		expect(through(() => toEditor(PATHS), said)).toBe(said);
	});

	test('that is no DBGp passes as it is', () => {
		for (const said of ['GET / HTTP/1.1\r\n\r\n', '12x\0abc\0', '5\0abc', '\0\0\0']) {
			expect(through(() => toEditor(PATHS), said)).toBe(said);
		}
	});
});

describe('what the editor says', () => {
	test.each([
		[
			'breakpoint_set -i 1 -t line -f file:///home/me/app/a.php -n 3\0',
			'breakpoint_set -i 1 -t line -f file:///srv/app/a.php -n 3\0',
		],
		['source -i 2 -f "file:///home/me/app/b%20c.php"\0', 'source -i 2 -f "file:///srv/app/b%20c.php"\0'],
		['source -f file:///home/me/%C3%A9t%C3%A9/a.php\0', 'source -f file:///srv/app/summer/a.php\0'],
		['eval -i 3 -- LWYgZmlsZTo=\0run -i 4\0', 'eval -i 3 -- LWYgZmlsZTo=\0run -i 4\0'],
		['eval -i 3 --  -f file:///home/me/app/a.php\0', 'eval -i 3 --  -f file:///home/me/app/a.php\0'],
		['source -f file:///home/me/app/%E0%A4%A\0', 'source -f file:///home/me/app/%E0%A4%A\0'],
		['unfinished -f file:///home/me/app', 'unfinished -f file:///home/me/app'],
	])('%j', (said, heard) => {
		expect(through(() => toXdebug(PATHS), said)).toBe(heard);
	});
});
