<?php

require_once __DIR__ . '/support.php';

while (frankenphp_handle_request(static function (): void {
	require __DIR__ . "/scripts/{$_GET['script']}.php";
}));
