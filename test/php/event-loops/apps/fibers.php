<?php

declare(strict_types=1);

// What Revolt does, in small: fibers wait for streams and timers, one loop sleeps in stream_select() for all of them.
final class EventLoop
{
	/** @var array<int, array{resource, Fiber}> */
	private array $readers = [];
	/** @var list<array{float, Fiber}> */
	private array $timers = [];

	public function spawn(Closure $task): void
	{
		(new Fiber($task))->start();
	}

	/** @param resource $stream */
	public function readable(mixed $stream): void
	{
		$this->readers[(int) $stream] = [$stream, Fiber::getCurrent()];
		Fiber::suspend();
	}

	public function delay(float $seconds): void
	{
		$this->timers[] = [microtime(true) + $seconds, Fiber::getCurrent()];
		Fiber::suspend();
	}

	public function run(): void
	{
		while (!frankenphp_sidekick_should_stop() && ($this->readers !== [] || $this->timers !== [])) {
			usort($this->timers, static fn (array $a, array $b): int => $a[0] <=> $b[0]);
			$wait = $this->timers === [] ? 60.0 : max(0.0, $this->timers[0][0] - microtime(true));
			$streams = array_column($this->readers, 0);
			if ($streams === []) {
				usleep((int) ($wait * 1e6));
			} else {
				$none = null;
				stream_select($streams, $none, $none, (int) $wait, (int) (fmod($wait, 1) * 1e6));
			}
			foreach ($streams as $stream) {
				[, $fiber] = $this->readers[(int) $stream];
				unset($this->readers[(int) $stream]);
				$fiber->resume();
			}
			while ($this->timers !== [] && $this->timers[0][0] <= microtime(true)) {
				array_shift($this->timers)[1]->resume();
			}
		}
	}
}

$loop = new EventLoop();
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
