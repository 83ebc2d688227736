<?php

/**
 * Stubs for editors and static analysers, as frankenphp.stub.php: the extension is built from them, never include this file.
 */

namespace FrankenPHP;

/**
 * The sender's side of a task: work that a sidekick is handed, and sends updates about. From anywhere.
 *
 *     $task = new FrankenPHP\SentTaskHandle('jobs', ['id' => 42]);
 *     while (($update = $task->read()) !== null) {
 *         echo $update['progress'], "\n";
 *     }
 */
final class SentTaskHandle implements \Io\Poll\Handle
{
    /**
     * Hands the task over, and waits until a thread of the worker has picked it up.
     *
     * @param string $worker the name of a sidekick; it is started if need be
     * @param array<array-key, mixed> $payload null, bool, int, float, string, enum cases, and arrays of these
     * @param float|null $timeout seconds; null waits for as long as it takes
     * @throws \RuntimeException when nobody has picked it up in time, or nobody can
     * @throws \ValueError when a value cannot be sent; the message says where
     */
    public function __construct(string $worker, array $payload, ?float $timeout = 30.0) {}

    /**
     * Waits for the next update.
     *
     * @return array<array-key, mixed>|null null once the task is complete
     * @throws \RuntimeException when the script of the worker has ended with the task open; after abandon()
     */
    public function read(): ?array {}

    /**
     * The stream to wait on, beside those of other tasks: readable when there is an update, end of file when the task is
     * over. Closing it abandons the task.
     *
     * @return resource the same at each call; closed after abandon()
     */
    public function getStream() {}

    /** Gives up: the next update() of the worker throws. Dropping the handle does the same, and so does the end of the request. */
    public function abandon(): void {}
}

/**
 * The worker's side of a task, from WorkerHandle::receive(). A script that ends with the task open aborts it.
 */
final class ReceivedTaskHandle implements \Io\Poll\Handle
{
    private function __construct() {}

    /**
     * What the sender has handed over; also after the end of the task.
     *
     * @return array<array-key, mixed>
     * @throws \RuntimeException when it has a case of an enum that cannot be loaded here
     */
    public function getPayload(): array {}

    /**
     * Sends an update. 16 wait for the sender; the next one waits for it to read.
     *
     * @param array<array-key, mixed> $data
     * @throws \RuntimeException once the sender has given up, or the task is over
     * @throws \ValueError when a value cannot be sent; the message says where
     */
    public function update(array $data): void {}

    /**
     * Completes the task, with a last update if one is given. Completing it again does nothing.
     *
     * @param array<array-key, mixed>|null $data
     * @throws \RuntimeException when there is a last update, and nobody to get it
     */
    public function complete(?array $data = null): void {}

    /**
     * The stream to wait on: end of file when the sender gives up. Closing it completes the task.
     *
     * @return resource the same at each call; closed after complete()
     */
    public function getStream() {}
}
