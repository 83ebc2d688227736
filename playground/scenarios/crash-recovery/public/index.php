<?php

/* As a worker it runs to the loop once and then answers one request per turn; elsewhere it answers the only one. */

declare(strict_types=1);

require __DIR__ . '/../src/answer.php';
spl_autoload_register(static fn (string $class) => require __DIR__ . "/../src/$class.php");

$sabotage = new Sabotage();
$weather = new Weather();
$handle = static function () use ($sabotage, $weather): void {
	if ($_SERVER['REQUEST_METHOD'] === 'POST') {
		$sabotage->order($_POST['kind'] ?? '', (int) ($_POST['times'] ?? 0));
	}
	answer($weather->state());
};

if (!isset($_SERVER['FRANKENPHP_WORKER'])) {
	$handle();
	return;
}
while (frankenphp_handle_request($handle));
