<?php

// Prints the microseconds that file operations take, as JSON: the best of many runs, for the machine has other things
// to do, too. As a request (?folder=) or as a program (argument: the folder), which has the files of sections/files.mjs.
$folder = $_GET['folder'] ?? $argv[1];

$best = static function (int $runs, int $times, callable $operation): float {
	$least = INF;
	for ($run = 0; $run < $runs; $run++) {
		clearstatcache(true);
		$start = hrtime(true);
		for ($i = 0; $i < $times; $i++) {
			$operation($i);
		}
		$least = min($least, (hrtime(true) - $start) / 1000 / $times);
	}
	return $least;
};
$includeAll = static function () use ($folder): void {
	for ($i = 0; $i < 200; $i++) {
		include $folder . '/classes/' . $i % 20 . "/$i.php";
	}
};

$figures = ['include' => $best(100, 1, $includeAll)];
// From now on each include looks at the file.
ini_set('opcache.revalidate_freq', '0');
echo json_encode($figures + [
	'look' => $best(100, 1, $includeAll),
	'scandir' => $best(100, 1, static fn () => scandir("$folder/many")),
	'read' => $best(200, 20, static fn () => file_get_contents("$folder/many/1.txt")),
	'missing' => $best(200, 20, static fn (int $i) => file_exists("$folder/many/no-$i")),
]);
