import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { platform } from '../../support/node/platform.ts';
import { Scope } from '../../support/scope.ts';
import { type Peer, startPeer } from '../sockets/peer.ts';

const FIBERS = 5;

/** Runs fibers on sockets: each is suspended with the stream that it wants to read. */
const SCHEDULER = `<?php
$fibers = $streams = $order = [];
$talk = function (int $n) use (&$order): string {
	$stream = stream_socket_client("tcp://127.0.0.1:{$_GET['port']}");
	stream_set_blocking($stream, false);
	fwrite($stream, "READY $n\\n");
	$text = '';
	while (!str_ends_with($text, "\\n")) {
		Fiber::suspend($stream);
		$text .= fread($stream, 100);
	}
	$order[] = $n;
	fwrite($stream, "DONE $n\\n");
	return trim($text);
};
for ($n = 0; $n < ${FIBERS}; $n++) {
	$fibers[$n] = new Fiber($talk);
	$streams[$n] = $fibers[$n]->start($n);
}
$loops = 0;
while ($streams) {
	$read = $streams;
	$write = $except = null;
	if (!stream_select($read, $write, $except, 10)) throw new RuntimeException('waited in vain');
	$loops++;
	foreach ($read as $n => $_) {
		if (!$streams[$n] = $fibers[$n]->resume()) unset($streams[$n]);
	}
}
echo json_encode(['order' => $order, 'loops' => $loops, 'answers' => array_map(fn ($f) => $f->getReturn(), $fibers)]);`;

/** Each fiber blocks the thread until its own line has come. */
const BLOCKING = `<?php
$talk = function (string $word): string {
	$stream = stream_socket_client("tcp://127.0.0.1:{$_GET['port']}");
	fwrite($stream, "ECHO $word\\n");
	$first = trim(fgets($stream));
	Fiber::suspend($first);
	fwrite($stream, "ECHO again $word\\n");
	return trim(fgets($stream));
};
$fibers = ['a' => new Fiber($talk), 'b' => new Fiber($talk)];
foreach ($fibers as $word => $fiber) echo $fiber->start($word), ', ';
foreach ($fibers as $fiber) { $fiber->resume(); echo $fiber->getReturn(), ', '; }
$fibers['c'] = new Fiber($talk);
echo $fibers['c']->start('c');`;

/** The peer never answers. */
const CONSOLE = `<?php
$fiber = new Fiber(function (): void {
	$stream = stream_socket_client("tcp://127.0.0.1:{$_ENV['PORT']}");
	try {
		frankenphp_sidekick_set_vars(['state' => 'reads']);
		if ($_SERVER['argv'][1] === 'selects') {
			$read = [$stream];
			$write = $except = null;
			stream_select($read, $write, $except, 60);
		} else {
			fgets($stream);
		}
		Fiber::suspend();
	} finally {
		$by = frankenphp_sidekick_should_stop() ? 'by the flag' : 'by itself';
		file_put_contents(__DIR__ . "/{$_SERVER['argv'][1]}.finally", $by);
	}
});
$fiber->start();`;

let peer: Peer;
beforeAll(async () => {
	const ready: ((text: string) => void)[] = [];
	peer = await startPeer((socket, line) => {
		const [word = '', rest = ''] = line.split(/ (.*)/);
		if (word === 'ECHO') socket.write(`${rest}\n`);
		if (word === 'READY') ready.push((text) => socket.write(`${text} ${rest}\n`));
		// The last one first, and nobody before the one in front is done.
		if (ready.length === FIBERS || word === 'DONE') ready.pop()?.('answer to');
	});
});
afterAll(() => peer.close());

describe.each(platform.phpVersions)('fibers with sockets on PHP %s', (php) => {
	test('wait side by side for what a scheduler with stream_select() tells them, and block the thread without it', async () => {
		await using scope = await Scope.start({ 'scheduler.php': SCHEDULER, 'blocking.php': BLOCKING }, { php });
		const { order, loops, answers } = JSON.parse(await scope.get(`/scheduler.php?port=${peer.port}`));
		expect(order).toEqual([4, 3, 2, 1, 0]);
		expect(answers).toEqual(order.map((_: number, n: number) => `answer to ${n}`));
		// It does not spin: one turn an answer.
		expect(loops).toBe(FIBERS);
		expect(await scope.get(`/blocking.php?port=${peer.port}`)).toBe('a, b, again a, again b, c');
	});

	test.each(['selects', 'fgets'])('a sidekick whose fiber waits in %s ends early when it is stopped', async (name) => {
		await using scope = await Scope.start(
			{ 'console.php': CONSOLE, 'vars.php': `<?php echo frankenphp_sidekick_get_vars('${name}')['state'];` },
			{ php, sidekickEntrypoint: 'console.php', env: { PORT: String(peer.port) }, stopTimeout: 10_000 },
		);
		expect(await scope.get('/vars.php')).toBe('reads');
		expect(await scope.server.sidekicks.stop(name)).toBe(true);
		expect(await eventually('its last word', () => scope.files.read(`${name}.finally`))).toBe('by the flag');
		expect(scope.log.events(name, 'ignored-stop')).toEqual([]);
	});
});
