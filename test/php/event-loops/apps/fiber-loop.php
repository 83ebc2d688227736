<?php

declare(strict_types=1);

// What Revolt does, in small: fibers wait for streams and timers, one loop sleeps in stream_select() for all of them.
final class FiberLoop
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
