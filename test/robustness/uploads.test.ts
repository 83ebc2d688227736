import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type App, expectAlive, startApp } from './support/app.ts';

const BIG = randomBytes(20 * 1024 * 1024);
const sha1 = (bytes: Uint8Array): string => createHash('sha1').update(bytes).digest('hex');

let app: App;
beforeAll(async () => {
	app = await startApp({
		listen: 0,
		phpIni: { post_max_size: '64M', upload_max_filesize: '64M', memory_limit: '256M' },
	});
}, 20_000);
afterAll(() => app.server.close());

type Report = {
	files: Record<string, [name: string, error: number, size: number, sha1: string | null]>;
	post: unknown;
};

function form(): FormData {
	const data = new FormData();
	data.set('text', 'välue');
	data.set('big', new File([BIG], 'big.bin'));
	data.set('empty', new File([], 'empty.txt'));
	return data;
}

describe.each([
	['over a socket', (path: string, init: RequestInit) => fetch(`${app.server.url}${path}`, init)],
	['by server.fetch()', (path: string, init: RequestInit) => app.server.fetch(path, init)],
])('20 MB, %s,', (_, send) => {
	test('as an upload reach $_FILES intact', async () => {
		const response = await send('/upload.php', { method: 'POST', body: form() });
		expect((await response.json()) as Report).toEqual({
			files: { big: ['big.bin', 0, BIG.length, sha1(BIG)], empty: ['empty.txt', 0, 0, sha1(Buffer.alloc(0))] },
			post: { text: 'välue' },
		});
		await expectAlive(app);
	});

	test('as a raw body reach php://input intact', async () => {
		const response = await send('/body.php', { method: 'POST', body: BIG });
		expect(await response.text()).toBe(`${BIG.length} bytes, sha1 ${sha1(BIG)}`);
		await expectAlive(app);
	});

	test('as chunks of many sizes reach php://input intact', async () => {
		const sizes = [1, 70_000, 3, 65_536, 262_144, 8191];
		let at = 0;
		const body = new ReadableStream<Uint8Array>({
			pull(controller) {
				const size = sizes[at % sizes.length] as number;
				controller.enqueue(BIG.subarray(at, at + size));
				at += size;
				if (at >= BIG.length) controller.close();
			},
		});
		const init = { method: 'POST', body, duplex: 'half' } as RequestInit;
		const response = await send('/body.php', init);
		expect(await response.text()).toBe(`${BIG.length} bytes, sha1 ${sha1(BIG)}`);
	});

	test('that no script reads do not hold up the connection or the thread', async () => {
		for (let i = 0; i < 4; i++) {
			const response = await send('/hello.php', { method: 'PUT', body: BIG });
			expect(await response.text()).toBe('hello');
		}
		await expectAlive(app);
	});
});

describe('an upload', () => {
	test('over the limit of PHP is reported in $_FILES, not accepted', async () => {
		const data = new FormData();
		data.set('big', new File([new Uint8Array(3 * 1024 * 1024)], 'big.bin'));
		await using small = await startApp({ phpIni: { upload_max_filesize: '1M' } });
		const { files } = (await (
			await small.server.fetch('/upload.php', { method: 'POST', body: data })
		).json()) as Report;
		expect(files).toEqual({ big: ['big.bin', 1, 0, null] });
		await expectAlive(small);
	});

	test('several at the same time do not mix', async () => {
		const bodies = Array.from({ length: 8 }, (_, i) => BIG.subarray(i * 1_000_003, (i + 2) * 1_000_003));
		const responses = await Promise.all(
			bodies.map((body) => fetch(`${app.server.url}/body.php`, { method: 'POST', body })),
		);
		const texts = await Promise.all(responses.map((response) => response.text()));
		expect(texts).toEqual(bodies.map((body) => `${body.length} bytes, sha1 ${sha1(body)}`));
	});
});
