import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FleetServer } from './fleet.ts';

/**
 * A background worker with one thread per server. It notes what it receives in the file `received`; a task may make it wait
 * for a file, send updates, or wait until its sender gives up.
 */
const MAILER = `<?php
$me = $_SERVER['SERVER'];
$note = fn (string $what) => file_put_contents(__DIR__ . '/received', "$me $what\\n", FILE_APPEND | LOCK_EX);
$handle = new FrankenPHP\\WorkerHandle();
while ($handle->tick()) {
	while (($task = $handle->receive()) !== null) {
		$payload = $task->getPayload();
		$note($payload['id']);
		try {
			if (isset($payload['await'])) {
				while (!is_file(__DIR__ . '/' . $payload['await'])) usleep(1000);
			}
			for ($i = 0; $i < ($payload['updates'] ?? 0); $i++) {
				$task->update(['i' => $i, 'text' => str_repeat('u', $payload['size'] ?? 1)]);
				if (isset($payload['count'])) $note("{$payload['id']}#$i");
			}
			if (isset($payload['forever'])) {
				for ($i = 0; ; $i++) { $task->update(['i' => $i]); usleep(10_000); }
			}
			$task->complete(['server' => $me, 'length' => strlen($payload['text'] ?? '')]);
		} catch (RuntimeException $error) {
			$note("{$payload['id']}: {$error->getMessage()}");
		}
	}
	$read = [$handle->getStream()];
	$none = null;
	stream_select($read, $none, $none, null);
}
`;

/** Sends one task, and answers with all of its updates, or with what was thrown. */
const SEND = `<?php
$updates = [];
try {
	$payload = json_decode($_GET['payload'], true);
	if (isset($_GET['length'])) $payload['text'] = str_repeat('p', (int) $_GET['length']);
	$task = new FrankenPHP\\SentTaskHandle('mailer', $payload, (float) ($_GET['timeout'] ?? 30));
	file_put_contents(__DIR__ . '/../sent', "{$payload['id']}\\n", FILE_APPEND | LOCK_EX);
	for ($i = 0; ($update = $task->read()) !== null; $i++) {
		$updates[] = isset($update['text']) ? [...$update, 'text' => strlen($update['text'])] : $update;
		if ($i === (int) ($_GET['stopAfter'] ?? -1)) $task->abandon();
	}
	echo json_encode(['updates' => $updates]);
} catch (Throwable $thrown) {
	echo json_encode(['updates' => $updates, 'error' => get_class($thrown) . ': ' . $thrown->getMessage()]);
}
`;

/** Seconds; so long that a machine under load does not stand still for it. */
const LEASE = 4;

export const TASK_APP = {
	lease: LEASE,
	files: { 'mailer.php': MAILER, 'public/send.php': SEND },
	php: `worker {
			background
			file mailer.php
			name mailer
			shared
			env SERVER {$SERVER}
		}`,
};

export type Sent = { updates: Record<string, unknown>[]; error?: string };

/** A task, as a page of that server sends it. */
export function send(
	server: FleetServer,
	payload: object,
	query: Readonly<Record<string, string>> = {},
): Promise<Sent> {
	return server.page('send.php', { payload: JSON.stringify(payload), ...query }) as Promise<Sent>;
}

/** The lines of a file of the app. */
export function linesOf(folder: string, file: 'received' | 'sent'): string[] {
	const path = join(folder, file);
	return existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : [];
}

/** What tasks wait for that `await` it. */
export function make(folder: string, file: string): void {
	writeFileSync(join(folder, file), '');
}
