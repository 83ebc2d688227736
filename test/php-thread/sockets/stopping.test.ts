import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Server } from '../../../src/index.ts';
import type { AppFiles } from '../../support/app-files.ts';
import { eventually } from '../../support/eventually.ts';
import { platform } from '../../support/node/platform.ts';
import { type Peer, startPeer } from './peer.ts';

/** What a sidekick does until it is told to stop; each would take a minute, longer than a test may. */
const WAITS = {
	select: '$read = [$f]; $write = $except = null; stream_select($read, $write, $except, 60);',
	endless: '$read = [$f]; $write = $except = null; stream_select($read, $write, $except, null);',
	fgets: 'fgets($f);',
	accept: "@stream_socket_accept(stream_socket_server('tcp://127.0.0.1:0'), 60);",
	curl: "$c = curl_init('http://' . stream_socket_get_name($f, true)); curl_setopt($c, CURLOPT_TIMEOUT, 60); curl_setopt($c, CURLOPT_XFERINFOFUNCTION, fn () => (int) frankenphp_sidekick_should_stop()); curl_setopt($c, CURLOPT_NOPROGRESS, false); curl_exec($c);",
};

let peer: Peer;
let files: AppFiles;
let server: Server;
beforeAll(async () => {
	peer = await startPeer(() => {});
	files = platform.emptyFolder();
	files.write('index.php', `<?php echo frankenphp_sidekick_get_vars($_GET['name'])['state'];`);
	const cases = Object.entries(WAITS).map(([name, code]) => `case '${name}': ${code} break;`);
	files.write(
		'sidekick.php',
		`<?php
		$f = stream_socket_client('tcp://127.0.0.1:${peer.port}');
		frankenphp_sidekick_set_vars(['state' => 'waits']);
		switch ($_SERVER['argv'][1]) { ${cases.join('\n')} }
		if (frankenphp_sidekick_should_stop()) file_put_contents(__DIR__ . "/{$_SERVER['argv'][1]}.ended", 'by the flag');`,
	);
	const network = { listen: ['127.0.0.1:*'] };
	server = await files.serve({
		threads: 1,
		sidekickEntrypoint: 'sidekick.php',
		log: false,
		stopTimeout: 60_000,
		network,
	});
});
afterAll(async () => {
	await server.close();
	files.discard();
	await peer.close();
});

test.each(Object.keys(WAITS))('%s ends early when the stop flag is raised', async (name) => {
	expect(await (await server.fetch(`/?name=${name}`)).text()).toBe('waits');
	await server.sidekicks.stop(name);
	expect(await eventually('its last word', () => files.read(`${name}.ended`))).toBe('by the flag');
});
