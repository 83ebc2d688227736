<?php

/**
 * Stubs for editors and static analysers, as frankenphp.stub.php: the extension is built from them, never include this file.
 */

namespace FrankenPHP;

/**
 * Inside a background worker or a sidekick: what it waits on beside its other work, and publishes with.
 *
 *     $handle = new FrankenPHP\WorkerHandle();
 *     do {
 *         $handle->setVars(['time' => time()]);
 *         $read = [$handle->getStream()];
 *         $none = null;
 *         stream_select($read, $none, $none, 1);
 *     } while ($handle->tick());
 */
final class WorkerHandle implements \Io\Poll\Handle
{
    /**
     * @throws \RuntimeException elsewhere
     */
    public function __construct() {}

    /**
     * Consumes what made the stream readable. Never blocks. The first tick of a run makes a background worker ready.
     *
     * @return bool false once the script has to end, at this and every later call
     */
    public function tick(): bool {}

    /**
     * The stream to wait on: readable at the start of a run, and at its end (end of file); quiet after a tick. For
     * stream_select(), fgets(), stream_socket_recvfrom(), and the loops of Revolt, Amp and ReactPHP.
     *
     * @return resource the same at each call, until it is closed
     */
    public function getStream() {}

    /**
     * Publishes, as frankenphp_set_vars() does.
     *
     * @param array<array-key, mixed> $vars
     * @throws \RuntimeException when $vars is larger than `max_snapshot_size`
     * @throws \ValueError when a value cannot be published; the message says where. What was published before stays
     */
    public function setVars(array $vars): void {}
}
