<?php

// Tasks of 200 bytes over a list of Redis, by native PHP: `worker SOCKET` answers them, `sender SOCKET COUNT` prints
// nanoseconds for each, `many SOCKET COUNT FLIGHT` how many there are per second. RESP by hand: no extension is needed.
[, $role, $path] = $argv;
$redis = stream_socket_client("unix://$path");

function send($redis, string ...$words): void
{
	$command = '*' . count($words) . "\r\n";
	foreach ($words as $word) {
		$command .= '$' . strlen($word) . "\r\n$word\r\n";
	}
	fwrite($redis, $command);
}

function reply($redis): mixed
{
	$line = fgets($redis);
	if ($line === false) {
		exit;
	}
	$value = substr($line, 1, -2);
	return match ($line[0]) {
		'$' => $value === '-1' ? null : substr(stream_get_contents($redis, (int) $value + 2), 0, -2),
		'*' => array_map(fn () => reply($redis), $value > 0 ? range(1, (int) $value) : []),
		default => $value,
	};
}

function call($redis, string ...$words): mixed
{
	send($redis, ...$words);
	return reply($redis);
}

if ($role === 'worker') {
	for (;;) {
		$task = call($redis, 'BRPOPLPUSH', 'tasks', 'taken', '0');
		$data = unserialize($task);
		send($redis, 'LPUSH', 'answers', serialize($data));
		send($redis, 'LREM', 'taken', '1', $task);
		reply($redis);
		reply($redis);
	}
}
$payload = serialize(['id' => 1, 'text' => str_repeat('x', 170)]);
$count = (int) $argv[3];
if ($role === 'sender') {
	$times = [];
	for ($i = 0; $i < $count; $i++) {
		$start = hrtime(true);
		call($redis, 'LPUSH', 'tasks', $payload);
		unserialize(call($redis, 'BRPOP', 'answers', '0')[1]);
		$times[] = hrtime(true) - $start;
	}
	exit(json_encode($times));
}
$start = hrtime(true);
for ($i = 0; $i < $count; $i++) {
	if ($i >= (int) $argv[4]) {
		unserialize(call($redis, 'BRPOP', 'answers', '0')[1]);
	}
	call($redis, 'LPUSH', 'tasks', $payload);
}
for ($i = 0; $i < min($count, (int) $argv[4]); $i++) {
	call($redis, 'BRPOP', 'answers', '0');
}
echo json_encode($count / ((hrtime(true) - $start) / 1e9));
