<?php

/** Parses and prints php-parser's own sources with php-parser. parser.php [SECONDS FOR EACH] */

// The library is older than PHP.
error_reporting(E_ALL & ~E_DEPRECATED);
require '/usr/share/php/PhpParser/autoload.php';
require __DIR__ . '/measure.php';

// Its interface differs between 4 and 5.
$factory = new PhpParser\ParserFactory();
$parser = method_exists($factory, 'createForNewestSupportedVersion')
	? $factory->createForNewestSupportedVersion()
	: $factory->create(PhpParser\ParserFactory::PREFER_PHP7);
$printer = new PhpParser\PrettyPrinter\Standard();
$files = new RecursiveIteratorIterator(new RecursiveDirectoryIterator('/usr/share/php/PhpParser'));
$names = array_map(fn($file) => $file->getPathname(), [...new RegexIterator($files, '/\.php$/')]);
sort($names);
// Of all sizes, and not the same folder's.
$sources = array_map('file_get_contents', array_filter($names, fn($at) => $at % 8 === 0, ARRAY_FILTER_USE_KEY));
$trees = array_map($parser->parse(...), $sources);

measure([
	'parse' => fn() => count(array_map($parser->parse(...), $sources)),
	'print' => fn() => array_sum(array_map(fn($tree) => strlen($printer->prettyPrintFile($tree)), $trees)),
]);
