/** PHP scripts that send and receive as many tasks as one likes, and tell what they hold then; also for test/soak. */

/** How tasks end. */
export const WAYS = ['read', 'streams', 'abandon', 'close', 'drop', 'abort'] as const;

/** Answers with two updates and an end, unless the sender has gone, or the payload asks for less. */
export const RECEIVER = `<?php
$handle = new FrankenPHP\\WorkerHandle();
$stream = $handle->getStream();
while ($handle->tick()) {
	while (($task = $handle->receive()) !== null) {
		$payload = $task->getPayload();
		try {
			if (isset($payload['abort'])) {
				continue;
			}
			if (isset($payload['stream'])) {
				$task->getStream();
			}
			$task->update(['step' => 1]);
			$task->update(['memory' => memory_get_usage(), 'text' => $payload['text']]);
			$task->complete();
		} catch (RuntimeException) {
			// Given up.
		}
	}
	$task = null;
	$read = [$stream];
	$none = null;
	stream_select($read, $none, $none, null);
}
`;

/**
 * Sends `count` tasks of `bytes`, one after the other, that end in one `way`. Answers with how many there were per second, and
 * with what both sides of PHP hold then, bytes.
 */
export const SENDER = `<?php
use FrankenPHP\\SentTaskHandle;
function send(string $way): void {
	$task = new SentTaskHandle('receiver', ['text' => $GLOBALS['text']] + match ($way) {
		'streams' => ['stream' => true],
		'abort' => ['abort' => true],
		default => [],
	});
	switch ($way) {
		case 'read':
			while ($task->read() !== null);
			break;
		case 'streams':
			$stream = $task->getStream();
			do {
				$read = [$stream];
				$none = null;
				stream_select($read, $none, $none, null);
			} while ($task->read() !== null);
			break;
		case 'abandon':
			$task->abandon();
			break;
		case 'close':
			fclose($task->getStream());
			break;
		case 'abort':
			try {
				$task->read();
			} catch (RuntimeException) {
			}
			break;
	}
}
while (frankenphp_handle_request(function () {
	set_time_limit(0);
	$GLOBALS['text'] = str_repeat('x', (int) $_GET['bytes']);
	$start = hrtime(true);
	for ($i = 0; $i < $_GET['count']; $i++) {
		send($_GET['way']);
	}
	$seconds = (hrtime(true) - $start) / 1e9;
	$last = new SentTaskHandle('receiver', ['text' => '']);
	$last->read();
	echo json_encode(['perSecond' => $_GET['count'] / $seconds, 'theirs' => $last->read()['memory'], 'mine' => memory_get_usage()]);
}));
`;
