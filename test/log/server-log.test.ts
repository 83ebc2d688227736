import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { adaptCaddyfile } from '../../src/adapt/adapt.ts';
import { createServerLogger } from '../../src/platform/node/operations/server-log.ts';
import { eventually } from '../support/eventually.ts';

describe('the log of the global options', () => {
	let folder: string;

	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), 'igor-log-'));
		onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
	});

	/** The logger of a Caddyfile with these global options. */
	function open(options: string) {
		const host = { variable: () => undefined, glob: () => [], read: () => undefined };
		const { global } = adaptCaddyfile(`{\n${options}\n}\n`, 'Caddyfile', host);
		return createServerLogger({ ...global, folder });
	}

	const read = (name: string) => readFileSync(join(folder, name), 'utf8');
	const lines = (name: string) =>
		read(name)
			.trimEnd()
			.split('\n')
			.map((line) => JSON.parse(line) as Record<string, unknown>);

	test('a file gets JSON, appended, without secrets', async () => {
		writeFileSync(join(folder, 'a.log'), '{"msg":"former"}\n');
		const { log, close } = open('log {\n output file a.log\n}');
		log.info('hello', { headers: { cookie: 'x=1', accept: '*' }, sidekick: 'config' });
		log.debug('not written');
		log.error('plain');
		await close();
		log.error('after the end');
		expect(lines('a.log')).toEqual([
			{ msg: 'former' },
			{
				level: 'info',
				time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
				msg: 'hello',
				headers: { cookie: '[redacted]', accept: '*' },
				sidekick: 'config',
			},
			{ level: 'error', time: expect.any(String), msg: 'plain' },
		]);
	});

	test('debug lowers the level of logs that name none; each log has its own', async () => {
		const { log, close } = open(
			'debug\nlog {\n output file a.log\n}\nlog errors {\n output file b/b.log\n level error\n}',
		);
		for (const level of ['debug', 'info', 'warn', 'error'] as const) log[level](level);
		await close();
		expect(lines('a.log').map(({ msg }) => msg)).toEqual(['debug', 'info', 'warn', 'error']);
		expect(lines('b/b.log').map(({ msg }) => msg)).toEqual(['error']);
	});

	test('format filter changes the fields of its own log only', async () => {
		const filter = `format filter {
			wrap json
			fields {
				uri query {
					replace authorization REDACTED
					delete gone
					hash user
				}
			}
			request>ip ip_mask 16 32
			request>peer ip_mask {
				ipv6 48
			}
			request>agent delete
			word regexp \\d+ N
			word regexp a(b) $1
			list hash
			kind replace other
			kept rename renamed
			request>jar cookie {
				delete session
				hash user
				hash session
				replace lang REDACTED
			}
			answer set_cookie {
				delete session
				replace lang REDACTED
			}
		}`;
		const { log, close } = open(`log {\n output file a.log\n ${filter}\n}\nlog all {\n output file b.log\n}`);
		const context = {
			uri: '/x?b=2&authorization=s&gone=1&user=me&a=1',
			request: {
				ip: '10.1.2.3:80, 2001:db8:1:2::3, none',
				peer: '[2001:db8:1:2::3]:443',
				agent: 'x',
				jar: 'lang=de; session=s1; user=me; alone; a=1',
			},
			answer: ['lang=de; Path=/; HttpOnly', 'session=s1; Path=/', 'a=1'],
			word: 'ab 12 ab 3',
			list: ['', 'me'],
			kind: 7,
			kept: 'k',
		};
		log.info('one', context);
		await close();
		expect(lines('a.log')).toEqual([
			{
				level: 'info',
				time: expect.any(String),
				msg: 'one',
				uri: '/x?a=1&authorization=REDACTED&b=2&user=2744ccd1',
				request: {
					ip: '10.1.0.0:80, 2001:db8::, none',
					peer: '[2001:db8:1::]:443',
					jar: 'lang=REDACTED; user=2744ccd1; alone; a=1',
				},
				answer: ['lang=REDACTED; Path=/; HttpOnly', 'a=1'],
				word: 'b N b N',
				list: ['e3b0c442', '2744ccd1'],
				kind: 'other',
				renamed: 'k',
			},
		]);
		expect(lines('b.log')).toMatchObject([context]);
	});

	test('a full file is put aside, compressed, and old ones go', async () => {
		const { log, close } = open('log {\n output file a.log {\n roll_size 1MiB\n roll_keep 2\n mode 0600\n }\n}');
		const text = 'x'.repeat(300_000);
		const aside = () => readdirSync(folder).filter((name) => /^a-\d{4}-\d\d-\d\dT[\d.-]+-size\.log\.gz$/.test(name));
		for (let file = 0; file < 5; file++) {
			for (let line = 0; line < 3; line++) log.info(`${file}`, { text });
			await eventually(
				'the file to be compressed',
				() => readdirSync(folder).length === 1 + Math.min(aside().length, 2),
			);
		}
		await close();
		await eventually('two old files', () => aside().length === 2 && readdirSync(folder).length === 3);
		expect(lines('a.log').map(({ msg }) => msg)).toEqual(['4', '4', '4']);
		const before = gunzipSync(readFileSync(join(folder, aside().sort().at(-1) as string))).toString();
		expect(before.match(/"msg":"3"/g)).toHaveLength(3);
		expect(statSync(join(folder, 'a.log')).mode & 0o777).toBe(0o600);
	});

	test('two logs of one file lose nothing when it is put aside', async () => {
		const file = 'output file a.log {\n roll_size 1MiB\n roll_uncompressed\n }';
		const { log, close } = open(`log {\n ${file}\n}\nlog errors {\n level error\n ${file}\n}`);
		for (let line = 0; line < 5; line++) log.error(`${line}`, { text: 'x'.repeat(400_000) });
		await close();
		const all = readdirSync(folder)
			.flatMap(lines)
			.map(({ msg }) => msg);
		expect(all.sort()).toEqual(['0', '0', '1', '1', '2', '2', '3', '3', '4', '4']);
	});

	test('format console is for people, in one line; control characters do not reach a terminal', async () => {
		const { log, close } = open('log {\n output file a.log\n format console\n}');
		log.warn('from PHP \u001b[2J\u0007end', { sidekick: 'config' });
		await close();
		expect(read('a.log')).toMatch(
			/^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}\] WARN: from PHP \\x1b\[2J\\x07end \{"sidekick":"config"\}\n$/,
		);
	});

	test('a file that cannot be written: one sentence', () => {
		mkdirSync(join(folder, 'taken'));
		expect(() => open('log {\n output file taken\n}')).toThrow(
			`Cannot write the log ${join(folder, 'taken')}: it is a folder; name a file.`,
		);
	});

	test('discard is silent', async () => {
		const { log, close } = open('log {\n output discard\n}');
		log.error('nowhere');
		await close();
	});
});
