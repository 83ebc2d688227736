<?php

declare(strict_types=1);

/**
 * Answers with the state of the page: as JSON for the page's own script and for you (`?format=json`), else as HTML.
 *
 * @param array<string, string|int|float|bool> $state
 */
function answer(array $state): void
{
	header('Cache-Control: no-store');
	if (($_GET['format'] ?? '') === 'json') {
		header('Content-Type: application/json');
		$flags = JSON_THROW_ON_ERROR | JSON_INVALID_UTF8_SUBSTITUTE | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES;
		echo json_encode($state, $flags | JSON_PRETTY_PRINT), "\n";
		return;
	}
	header('Content-Type: text/html; charset=utf-8');
	$e = static fn (string|int|float $text): string => htmlspecialchars((string) $text);
	require __DIR__ . '/page.php';
}
