<?php

declare(strict_types=1);

// Amp 2, as Debian has it: timers, streams and coroutines in one loop.
require __DIR__ . '/debian/Amp/autoload.php';
// Debian's autoloader knows classes only.
require __DIR__ . '/debian/Amp/functions.php';
require __DIR__ . '/debian/Amp/Internal/functions.php';

use Amp\Loop;

Loop::run(static function (): void {
	$stream = stream_socket_client('tcp://127.0.0.1:' . getenv('REDIS_PORT'), $code, $message, 2);
	stream_set_blocking($stream, false);
	fwrite($stream, "SUBSCRIBE news\r\n");
	$heard = 'nothing yet';
	$ticks = 0;
	$publish = static function () use (&$heard, &$ticks): void {
		frankenphp_sidekick_set_vars(['heard' => $heard, 'ticks' => (string) $ticks]);
	};
	$publish();
	Loop::onReadable($stream, static function () use ($stream, &$heard, $publish): void {
		if (preg_match('/message\r\n\$\d+\r\nnews\r\n\$\d+\r\n(\w+)/', (string) fread($stream, 8192), $match)) {
			$heard = $match[1];
			$publish();
		}
	});
	Amp\asyncCall(static function () use (&$ticks, $publish) {
		while ($ticks < 3) {
			yield new Amp\Delayed(20);
			$ticks++;
		}
		$publish();
	});
	Loop::repeat(100, static function (): void {
		if (frankenphp_sidekick_should_stop()) {
			Loop::stop();
		}
	});
});
