<?php
// What a PHP says of itself and of the libraries in it, as JSON.
ob_start();
phpinfo(INFO_MODULES);
$info = ob_get_clean();
$said = static fn (string $label): ?string => preg_match("/^$label => (\S+)/m", $info, $found) ? $found[1] : null;

echo json_encode([
	'extensions' => get_loaded_extensions(),
	'versions' => array_filter([
		'PHP' => PHP_VERSION,
		'OpenSSL' => explode(' ', OPENSSL_VERSION_TEXT)[1],
		'SQLite' => SQLite3::version()['versionString'],
		'libxml2' => LIBXML_DOTTED_VERSION,
		'PCRE2' => explode(' ', PCRE_VERSION)[0],
		'ICU' => INTL_ICU_VERSION,
		'Oniguruma' => MB_ONIGURUMA_VERSION,
		'libiconv' => ICONV_VERSION,
		'GD' => GD_VERSION,
		'zlib' => ZLIB_VERSION,
		'curl' => curl_version()['version'],
		'libzip' => ZipArchive::LIBZIP_VERSION,
		'ImageMagick' => explode(' ', Imagick::getVersion()['versionString'])[1],
		'timelib' => $said('timelib version'),
		'libmbfl' => $said('libmbfl version'),
		'Lexbor' => $said('Lexbor version'),
		'uriparser' => $said('uriparser bundled version'),
		'libmemcached' => $said('libmemcached-awesome version'),
		'redis' => phpversion('redis'),
		'memcached' => phpversion('memcached'),
		'Xdebug' => phpversion('xdebug'),
	]),
]);
