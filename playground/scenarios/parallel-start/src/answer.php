<?php

declare(strict_types=1);

/** Answers with the state as JSON (`?format=json`), or with the page, whose script asks for it. */
function answer(ProductPage $page): void
{
	header('Cache-Control: no-store');
	if (($_GET['format'] ?? '') === 'json') {
		$state = $page->state(($_GET['start'] ?? '') === 'in-turn' ? 'in-turn' : 'together');
		header('Content-Type: application/json');
		echo json_encode($state, JSON_THROW_ON_ERROR | JSON_PRETTY_PRINT | JSON_UNESCAPED_UNICODE), "\n";
		return;
	}
	header('Content-Type: text/html; charset=utf-8');
	require __DIR__ . '/page.html';
}
