<?php

declare(strict_types=1);

/** One connection that speaks RESP 2: as much of it as this app needs. */
final class RedisConnection
{
	/** @var resource */
	public readonly mixed $stream;
	private string $buffer = '';

	/** @param string $address `HOST:PORT` */
	public function __construct(public readonly string $address, float $timeout = 1.0)
	{
		$stream = @stream_socket_client("tcp://$address", $code, $message, $timeout);
		if ($stream === false) {
			throw new RedisUnreachable("$address: $message");
		}
		stream_set_timeout($stream, (int) $timeout, (int) (fmod($timeout, 1) * 1e6));
		$this->stream = $stream;
	}

	/** Sends a command and waits for its answer. */
	public function ask(string ...$words): mixed
	{
		$this->send(...$words);
		return $this->receive();
	}

	public function send(string ...$words): void
	{
		$command = '*' . count($words) . "\r\n";
		foreach ($words as $word) {
			$command .= '$' . strlen($word) . "\r\n$word\r\n";
		}
		if (@fwrite($this->stream, $command) !== strlen($command)) {
			throw new RedisUnreachable("$this->address: the connection is lost");
		}
	}

	/** Waits for an answer. */
	public function receive(): mixed
	{
		$line = $this->line();
		$rest = substr($line, 1);
		return match ($line[0]) {
			'+' => $rest,
			'-' => throw new RedisRefusal("$this->address: $rest"),
			':' => (int) $rest,
			'$' => (int) $rest < 0 ? null : $this->bytes((int) $rest),
			'*' => (int) $rest < 0 ? null : array_map(fn (): mixed => $this->receive(), array_fill(0, (int) $rest, null)),
			default => throw new RedisUnreachable("$this->address answers something else than Redis does"),
		};
	}

	/** Whether an answer has begun to arrive. */
	public function hasBuffered(): bool
	{
		return $this->buffer !== '';
	}

	private function line(): string
	{
		while (($end = strpos($this->buffer, "\r\n")) === false) {
			$this->fill();
		}
		$line = substr($this->buffer, 0, $end);
		$this->buffer = substr($this->buffer, $end + 2);
		return $line;
	}

	private function bytes(int $length): string
	{
		while (strlen($this->buffer) < $length + 2) {
			$this->fill();
		}
		$bytes = substr($this->buffer, 0, $length);
		$this->buffer = substr($this->buffer, $length + 2);
		return $bytes;
	}

	private function fill(): void
	{
		$bytes = @fread($this->stream, 8192);
		if ($bytes === false || $bytes === '') {
			throw new RedisUnreachable("$this->address: the connection is lost, or silent for too long");
		}
		$this->buffer .= $bytes;
	}
}
