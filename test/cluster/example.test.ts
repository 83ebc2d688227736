import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { lacking } from '../support/lacking.ts';
import { missingProgram } from '../support/programs.ts';

const START = fileURLToPath(new URL('../../examples/fleet/start.mjs', import.meta.url));
/** How many ports it takes, one after the other. */
const PORTS = 9;

async function firstOfFreePorts(): Promise<number> {
	for (;;) {
		const first = await freePort();
		const isFree = await Promise.all(Array.from({ length: PORTS }, (_, index) => canListen(first + index)));
		if (isFree.every(Boolean)) return first;
	}
}

function canListen(port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const server = createServer().once('error', () => resolve(false));
		server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
	});
}

describe.skipIf(lacking(missingProgram('nats-server')))('the example of a fleet', { timeout: 120_000 }, () => {
	test('shows on each server the same sidekicks, and ends whole', async () => {
		const port = await firstOfFreePorts();
		const child = spawn(process.execPath, [START], { env: { ...process.env, PORT: String(port) }, stdio: 'ignore' });
		const ended = once(child, 'exit');
		try {
			const seen = [];
			for (const each of [port, port + 1, port + 2]) {
				const rows = await eventually(
					`the page on port ${each}`,
					async () => {
						const page = await fetch(`http://127.0.0.1:${each}`).then(
							(answer) => answer.text(),
							() => '',
						);
						const all = [...page.matchAll(/<td>(\w+)<\/td><td>(igor-\d)<\/td>/g)].map(([, ...row]) => row.join());
						return all.length > 0 && all;
					},
					60,
				);
				seen.push(rows);
			}
			expect(seen[0]?.map((row) => row.split(',')[0])).toEqual(['clock', 'flags', 'prices', 'weather']);
			expect(seen[1]).toEqual(seen[0]);
			expect(seen[2]).toEqual(seen[0]);
		} finally {
			child.kill('SIGTERM');
			await ended;
		}
		expect(await Promise.all([port, port + 1, port + 2].map(canListen))).toEqual([true, true, true]);
	});
});
