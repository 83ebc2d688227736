<?php

/* As a worker it runs to the loop once and then answers one request per turn; elsewhere it answers the only one. */

declare(strict_types=1);

require __DIR__ . '/../src/import.php';

$handle = static function (): void {
	if (isset($_GET['books'])) {
		import((int) $_GET['books']);
		return;
	}
	header('Content-Type: text/html; charset=utf-8');
	require __DIR__ . '/../src/page.html';
};

if (!isset($_SERVER['FRANKENPHP_WORKER'])) {
	$handle();
	return;
}
while (frankenphp_handle_request($handle));
