<?php
$nested = static function (int $depth) use (&$nested): void {
	try {
		$depth > 0 ? $nested($depth - 1) : exit();
	} finally {
		// exit() unwinds without finally blocks.
		echo 'never';
	}
};

if ($_GET['how'] === 'after-status') {
	http_response_code(404);
	exit('not here');
}
echo 'before ';
switch ($_GET['how']) {
	case 'exit': exit;
	case 'die': die('said by die');
	case 'status': exit(3);
	case 'nested': $nested(20); break;
	case 'include': include __DIR__ . '/exits-included.php'; break;
	case 'callback': array_map(static fn () => exit('in a callback'), [1, 2]); break;
	case 'generator': (static function () { foreach ((static function () { yield exit('in a generator'); })() as $_); })(); break;
	case 'buffered': ob_start(static fn (string $text): string => strtoupper($text)); exit('loud');
}
echo 'after';
