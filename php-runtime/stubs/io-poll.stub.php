<?php

/**
 * Stubs for editors and static analysers, as frankenphp.stub.php. PHP 8.6 has this interface itself; below, the extension
 * declares it.
 */

namespace Io\Poll;

/** What has a stream to wait on. */
interface Handle
{
}
