/** A piece of the PHP builds: what it is for, and its licence. */
export interface Library {
	/** As facts.php names it; others have no version that PHP tells. */
	readonly name: string;
	readonly licence: string;
	readonly use: string;
	/** PHP versions that have it; default: each. */
	readonly only?: readonly string[];
}

/** What @php-wasm has compiled into php.wasm, and into the extensions beside it. Licences by their names in SPDX. */
export const LIBRARIES: readonly Library[] = [
	{ name: 'PHP', licence: 'PHP-3.01, its engine Zend-2.0', use: 'php.wasm' },
	{ name: 'OpenSSL', licence: 'OpenSSL', use: 'openssl, curl' },
	{ name: 'SQLite', licence: 'public domain (blessing)', use: 'sqlite3, pdo_sqlite' },
	{ name: 'libxml2', licence: 'MIT', use: 'dom, libxml, SimpleXML, soap, xml' },
	{ name: 'curl', licence: 'curl', use: 'curl' },
	{ name: 'zlib', licence: 'Zlib', use: 'zlib, zip, gd' },
	{ name: 'libzip', licence: 'BSD-3-Clause', use: 'zip' },
	{ name: 'PCRE2', licence: 'BSD-3-Clause', use: 'pcre' },
	{ name: 'timelib', licence: 'MIT', use: 'date' },
	{ name: 'Oniguruma', licence: 'BSD-2-Clause', use: 'mbstring' },
	{ name: 'libmbfl', licence: 'LGPL-2.1-only', use: 'mbstring' },
	{ name: 'libbcmath', licence: 'LGPL-2.1-or-later', use: 'bcmath' },
	{ name: 'libmagic', licence: 'BSD-2-Clause', use: 'fileinfo' },
	{ name: 'libiconv', licence: 'LGPL-2.1-or-later', use: 'iconv' },
	{ name: 'Lexbor', licence: 'Apache-2.0', use: 'dom', only: ['8.4', '8.5'] },
	{ name: 'uriparser', licence: 'BSD-3-Clause', use: 'uri', only: ['8.5'] },
	{ name: 'GD', licence: 'GD', use: 'gd' },
	{ name: 'libpng', licence: 'libpng-2.0', use: 'gd, imagick' },
	{ name: 'libjpeg', licence: 'IJG', use: 'gd, imagick' },
	{ name: 'libwebp', licence: 'BSD-3-Clause', use: 'gd' },
	{ name: 'libavif', licence: 'BSD-2-Clause', use: 'gd' },
	{ name: 'libaom', licence: 'BSD-2-Clause', use: 'gd' },
	{ name: 'ImageMagick', licence: 'ImageMagick', use: 'imagick, itself PHP-3.01' },
	{ name: 'ICU', licence: 'Unicode-3.0', use: 'intl, as `intl.so` and icudt74l.dat.br' },
	{ name: 'redis', licence: 'PHP-3.01', use: '`redis.so`' },
	{ name: 'memcached', licence: 'PHP-3.01', use: '`memcached.so`' },
	{ name: 'libmemcached', licence: 'BSD-3-Clause', use: '`memcached.so`' },
	{ name: 'Xdebug', licence: 'Xdebug-1.03', use: '`xdebug.so`' },
	{ name: 'musl', licence: 'MIT', use: 'the C library' },
	{ name: 'Emscripten', licence: 'MIT OR NCSA', use: 'what C code needs of JavaScript' },
	{ name: 'LLVM', licence: 'Apache-2.0 WITH LLVM-exception', use: 'what the compiler adds: compiler-rt, libc++' },
];

/** Extensions whose libraries are in the list, or that have none: another one is new, and its licence has to be looked up. */
export const KNOWN_EXTENSIONS: ReadonlySet<string> = new Set(
	(
		'bcmath calendar Core ctype curl date dns_polyfill dom exif fileinfo filter frankenphp gd hash iconv imagick intl json ' +
		'lexbor libxml mbstring memcached mysqli mysqlnd opcache openssl pcre PDO pdo_mysql pdo_sqlite Phar post_message_to_js ' +
		'random redis Reflection session SimpleXML soap SPL sqlite3 standard tokenizer uri wasm_memory_storage xdebug xml ' +
		'xmlreader xmlwriter Zend_OPcache zip zlib'
	)
		.split(' ')
		.map((name) => name.replace('_OPcache', ' OPcache')),
);

/** Packages that do not say it themselves: each with where it was read. */
export const BY_HAND: Readonly<Record<string, string>> = {
	// The file LICENSE in it; the other packages of its repository say so.
	'@php-wasm/util': 'GPL-2.0-or-later',
};
