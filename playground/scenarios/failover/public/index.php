<?php

/* As a worker it runs to the loop once and then answers one request per turn; elsewhere it answers the only one. */

declare(strict_types=1);

require __DIR__ . '/../src/answer.php';
spl_autoload_register(static fn (string $class) => require __DIR__ . "/../src/$class.php");

$sentinel = new Sentinel();
$visits = new Visits($sentinel);
$handle = static function () use ($sentinel, $visits): void {
	if ($_SERVER['REQUEST_METHOD'] === 'POST') {
		$sentinel->promote($_POST['master'] ?? '');
	}
	answer($visits->state());
};

if (!isset($_SERVER['FRANKENPHP_WORKER'])) {
	$handle();
	return;
}
while (frankenphp_handle_request($handle));
