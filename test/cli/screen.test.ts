import { EventEmitter } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { AdminClient } from '../../src/cli/admin-client.ts';
import { followEvents } from '../../src/cli/sidekick-events.ts';
import { SidekickScreen } from '../../src/cli/sidekick-screen.ts';
import { TestScope } from '../admin/support/scope.ts';
import { openAdmin, TestTarget } from '../admin/support/server.ts';
import { eventually } from '../support/eventually.ts';

/** A terminal of 100 columns: what it shows is what was written since the cursor went home last. */
class Terminal extends EventEmitter {
	columns = 100;
	rows = 20;
	written = '';

	write(text: string): boolean {
		this.written += text;
		return true;
	}

	get picture(): string {
		// biome-ignore lint/suspicious/noControlCharactersInRegex: what steers a terminal is no part of the picture.
		return (this.written.split('\u001b[H').at(-1) ?? '').replace(/\u001b\[[?\d]*[A-Za-z]/g, '');
	}
}

test('the screen follows a sidekick that crashes and recovers, and a server that goes away', async () => {
	const shop = new TestScope('shop');
	shop.add('config');
	const { server } = await openAdmin(new TestTarget(shop));
	const { hostname: host, port } = new URL(server.url);
	const client = new AdminClient({ host, port: Number(port) });
	const terminal = new Terminal();
	const load = async () => JSON.parse(await client.ask('GET', '/sidekicks', { timeout: 5000 }));
	const screen = new SidekickScreen(client, terminal as unknown as NodeJS.WriteStream, false, load);
	const ended = new AbortController();
	onTestFinished(() => ended.abort());
	screen.open();
	const following = followEvents(client, screen, ended.signal).finally(() => screen.close());
	const shows = (text: RegExp) => eventually(`${text} in\n${terminal.picture}`, () => text.test(terminal.picture));
	await shows(/shop +config +ready +7/);

	shop.add('config', { state: 'restarting', threadId: undefined, lastError: 'boom' });
	shop.tell({ type: 'crashed', name: 'config', attempt: 1, failures: 1, reason: 'boom' });
	await shows(/config +restarting +- .*boom[\s\S]*config crashed/);
	shop.add('config', { restarts: 1, lastError: 'boom' });
	shop.tell({ type: 'ready', name: 'config', attempt: 2, after: 5 });
	await shows(/config +ready +7 +1 [\s\S]*config ready/);
	expect(terminal.picture.split('\n').every((line) => [...line].length <= 100)).toBe(true);

	// It publishes, which is no event.
	shop.add('config', { restarts: 1, lastError: 'boom', size: 4096 });
	await shows(/config +ready .* 4\.0 KiB/);

	await server.close();
	await shows(/No server answers at .* any more; trying again/);
	ended.abort();
	await following;
	expect(terminal.written.endsWith('\u001b[?25h\n')).toBe(true);
});
