<?php

/** Stops the script until the test opens the gate; a test that failed must not hold the thread for ever. */
function wait_at(string $gate): void
{
	for ($end = microtime(true) + 10; microtime(true) < $end; usleep(1000)) {
		clearstatcache();
		if (file_exists(__DIR__ . "/state/$gate")) {
			return;
		}
	}
	throw new RuntimeException("Waited in vain at the gate $gate");
}

/** Tells the test something besides the response: all of it at once. */
function leave(string $name, string $content = ''): void
{
	file_put_contents(__DIR__ . "/state/$name.new", $content);
	rename(__DIR__ . "/state/$name.new", __DIR__ . "/state/$name");
}
