<?php

declare(strict_types=1);

require __DIR__ . '/../src/autoload.php';

$counter = new Counter();
$answer = static function () use ($counter): void {
	$result = $counter->increment('requests');
	http_response_code($result['problem'] === null ? 200 : 503);
	header('Content-Type: application/json');
	echo json_encode($result, JSON_THROW_ON_ERROR), "\n";
};

while (frankenphp_handle_request($answer)) {
}
