<?php

declare(strict_types=1);

/**
 * Takes messages from requests, one after another, as the consumer of a message bus does: no queue server, no database,
 * and the sender hears how far its message is.
 */
final class Messages
{
	/** @var array<string, callable(array): iterable<int, string>> what handles a message, by its kind */
	private readonly array $handlers;

	public function __construct()
	{
		$this->handlers = ['newsletter' => $this->newsletter(...)];
	}

	/** Until the server says so. */
	public function consume(): void
	{
		$worker = new FrankenPHP\WorkerHandle();
		while ($worker->tick()) {
			while ($task = $worker->receive()) {
				$this->handle($task);
			}
			// Readable when a message has come, and when the worker has to end.
			$read = [$worker->getStream()];
			$none = null;
			stream_select($read, $none, $none, null);
		}
	}

	private function handle(FrankenPHP\ReceivedTaskHandle $task): void
	{
		$message = $task->getPayload();
		$handler = $this->handlers[$message['kind'] ?? ''] ?? null;
		try {
			if ($handler === null) {
				$task->complete(['error' => 'Nobody handles messages of this kind.']);
				return;
			}
			foreach ($handler($message) as $done => $step) {
				$task->update(['done' => $done, 'step' => $step]);
			}
			$task->complete();
		} catch (RuntimeException $gone) {
			echo "A message was given up: {$gone->getMessage()}\n"; // Goes to the server's log.
		}
	}

	/** @return iterable<int, string> */
	private function newsletter(array $message): iterable
	{
		$recipients = max(1, min((int) ($message['recipients'] ?? 1), 100));
		for ($done = 1; $done <= $recipients; $done++) {
			usleep(150_000); // Stands for the mail server.
			yield $done => "sent to reader$done@example.com";
		}
	}
}
