<?php

/** Parses and prints php-parser's own sources with php-parser. */

require '/usr/share/php/PhpParser/autoload.php';

// Its interface differs between 4 and 5.
$factory = new PhpParser\ParserFactory();
$parser = method_exists($factory, 'createForNewestSupportedVersion')
	? $factory->createForNewestSupportedVersion()
	: $factory->create(PhpParser\ParserFactory::PREFER_PHP7);
$printer = new PhpParser\PrettyPrinter\Standard();
$bytes = 0;
for ($round = 0; $round < 2; $round++) {
	$files = new RecursiveIteratorIterator(new RecursiveDirectoryIterator('/usr/share/php/PhpParser'));
	foreach (new RegexIterator($files, '/\.php$/') as $file) {
		$bytes += strlen($printer->prettyPrintFile($parser->parse(file_get_contents($file->getPathname()))));
	}
}
echo $bytes, "\n";
