import { expect, test } from 'vitest';
import { PHP_VERSIONS } from '../../../src/config/values.ts';
import { Scope } from '../../support/scope.ts';

const PAGE = `<?php
$found = static function (string $module): array {
	$database = new PDO('sqlite::memory:');
	$database->exec("CREATE VIRTUAL TABLE page USING $module(title, body, tokenize=unicode61)");
	$insert = $database->prepare('INSERT INTO page (title, body) VALUES (?, ?)');
	for ($number = 1; $number <= 500; $number++) $insert->execute(["Page $number", "Number $number of many"]);
	$insert->execute(['Übersicht', 'All pages, and the very long way from one to the next']);
	$database->exec("DELETE FROM page WHERE title MATCH '7*'");
	$database->exec("INSERT INTO page(page) VALUES ('optimize')");
	$ask = static fn (string $query): array => $database->query($query)->fetchAll(PDO::FETCH_COLUMN);
	return [
		$ask("SELECT count(*) FROM page WHERE page MATCH 'number OF many'"),
		$ask("SELECT title FROM page WHERE title MATCH 'ubersicht'"),
		$ask("SELECT title FROM page WHERE page MATCH '\\"very long way\\" (next OR none)'"),
		$ask("SELECT snippet(page, '<b>', '</b>', '…', 1, 5) FROM page WHERE body MATCH 'from NEAR/3 next'"),
		$ask("SELECT length(matchinfo(page)) FROM page WHERE page MATCH 'number' LIMIT 1"),
	];
};
echo json_encode(['fts3' => $found('fts3'), 'fts4' => $found('fts4'), 'SQLite3' => (static function (): int {
	$database = new SQLite3(':memory:');
	$database->exec("CREATE VIRTUAL TABLE page USING fts3(body); INSERT INTO page VALUES ('one two')");
	return $database->querySingle("SELECT count(*) FROM page WHERE page MATCH 'two one'");
})()]);`;

test.each(PHP_VERSIONS)("SQLite's full-text search, FTS3 and FTS4, in PHP %s", async (php) => {
	await using scope = await Scope.start({ 'index.php': PAGE }, { php });
	const found = [[489], ['Übersicht'], ['Übersicht'], ['…<b>from</b> one to the <b>next</b>'], [32]];
	expect(JSON.parse(await scope.get('/'))).toEqual({ fts3: found, fts4: found, SQLite3: 1 });
});
