<?php

declare(strict_types=1);

// Fibers that wait for a socket and for timers.
require __DIR__ . '/fiber-loop.php';

$loop = new FiberLoop();
$state = ['heard' => 'nothing yet', 'ticks' => '0'];
$publish = static function (string $key, string $value) use (&$state): void {
	$state[$key] = $value;
	frankenphp_sidekick_set_vars($state);
};
$publish('ticks', '0');
$loop->spawn(static function () use ($loop, $publish): void {
	$stream = stream_socket_client('tcp://127.0.0.1:' . getenv('REDIS_PORT'), $code, $message, 2);
	stream_set_blocking($stream, false);
	fwrite($stream, "SUBSCRIBE news\r\n");
	while (true) {
		$loop->readable($stream);
		$bytes = fread($stream, 8192);
		if ($bytes === '' && feof($stream)) {
			return;
		}
		if (preg_match('/message\r\n\$\d+\r\nnews\r\n\$\d+\r\n(\w+)/', (string) $bytes, $match)) {
			$publish('heard', $match[1]);
		}
	}
});
$loop->spawn(static function () use ($loop, $publish): void {
	for ($ticks = 1; $ticks <= 3; $ticks++) {
		$loop->delay(0.02);
		$publish('ticks', (string) $ticks);
	}
});
$loop->run();
