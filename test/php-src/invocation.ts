import { basename, dirname, join } from 'node:path';
import { type Sections, trim } from './phpt.ts';

/** One run of PHP's command line. Texts are bytes, one character each. */
export type Invocation = {
	/** Behind what a PHP puts there itself. */
	args: string[];
	env: Record<string, string>;
	/** undefined = nothing can be read. */
	stdin: string | undefined;
	/** Whose output counts. */
	stdout: boolean;
	stderr: boolean;
	/** Extensions that are not loaded in every run. */
	extensions: string[];
};

/** How a run of PHP has ended. `crash`: its thread or process was lost; `timeout`: it had to be ended. */
export type PhpRun = { output: string; ending: 'exit' | 'crash' | 'timeout'; detail?: string };

/** A PHP whose command line can be run. */
export interface Php {
	/** Lower case. */
	readonly extensions: ReadonlySet<string>;
	/** What tests find in TEST_PHP_EXECUTABLE and behind it. */
	readonly executable: string;
	readonly extraArgs: string;
	run(invocation: Invocation): Promise<PhpRun>;
}

/** The settings that run-tests.php gives to every test. */
const SETTINGS: readonly (readonly [string, string])[] = Object.entries({
	output_handler: '',
	open_basedir: '',
	disable_functions: '',
	output_buffering: 'Off',
	error_reporting: '32767',
	display_errors: '1',
	display_startup_errors: '1',
	log_errors: '0',
	html_errors: '0',
	track_errors: '0',
	report_memleaks: '1',
	report_zend_debug: '0',
	docref_root: '',
	docref_ext: '.html',
	error_prepend_string: '',
	error_append_string: '',
	auto_prepend_file: '',
	auto_append_file: '',
	ignore_repeated_errors: '0',
	precision: '14',
	serialize_precision: '-1',
	memory_limit: '128M',
	'opcache.fast_shutdown': '0',
	'opcache.file_update_protection': '0',
	'opcache.revalidate_freq': '0',
	'opcache.jit_hot_loop': '1',
	'opcache.jit_hot_func': '1',
	'opcache.jit_hot_return': '1',
	'opcache.jit_hot_side_exit': '1',
	'zend.assertions': '1',
	'zend.exception_ignore_args': '0',
	'zend.exception_string_param_max_len': '15',
	short_open_tag: '0',
	'session.auto_start': '0',
	'zlib.output_compression': 'Off',
});

/** What tests find in their environment beside what is about the script. */
const ENVIRONMENT = {
	PATH: process.env.PATH ?? '/usr/bin:/bin',
	HOME: '/tmp',
	TEMP: '/tmp',
	NO_INTERACTION: '1',
	// No machine here has the internet.
	SKIP_ONLINE_TESTS: '1',
	// Those that take minutes, and those that measure.
	SKIP_SLOW_TESTS: '1',
	SKIP_PERF_SENSITIVE: '1',
	TZ: '',
};

/** A test on its way through a PHP. */
export type PlannedTest = { file: string; sections: Sections; php: Php; extensions: string[] };

/** Where the code of a test is written to. */
export function scriptFile(file: string, kind: 'php' | 'skip.php' | 'clean.php'): string {
	return join(dirname(file), `${basename(file, 'phpt')}${kind}`);
}

/** The run of the test itself. @param script where its code is */
export function testInvocation(test: PlannedTest, script = scriptFile(test.file, 'php')): Invocation {
	const { file, sections } = test;
	const settings = new Map([...SETTINGS, ...preloadUser(test.php)]);
	const ini = (sections.get('INI') ?? '').replaceAll('{PWD}', dirname(file)).replaceAll('{TMP}', '/tmp');
	for (const line of ini.replaceAll(/\{MAIL:(\S+)\}/g, 'tee $1 >/dev/null').split(/[\n\r]+/)) {
		const [, name, value] = /^([^=]*)=(.*)$/s.exec(line) ?? [];
		if (name !== undefined && value !== undefined) settings.set(name.trim(), trim(value));
	}
	const given = sections.get('ARGS');
	const capture = (sections.get('CAPTURE_STDIO') ?? 'STDOUT STDERR').toUpperCase();
	return {
		args: [...params(settings), '-f', script, ...(given === undefined ? [] : ['--', ...shellWords(trim(given))])],
		env: {
			...environment(test, settings),
			...{ REDIRECT_STATUS: '1', QUERY_STRING: '', PATH_TRANSLATED: script, SCRIPT_FILENAME: script },
			...{ HTTP_COOKIE: '', REQUEST_METHOD: 'GET', CONTENT_TYPE: '', CONTENT_LENGTH: '' },
			...ownEnvironment(test),
		},
		stdin: sections.get('STDIN'),
		stdout: capture.includes('STDOUT'),
		stderr: capture.includes('STDERR'),
		extensions: test.extensions,
	};
}

/** The run of its SKIPIF or CLEAN section. */
export function sideInvocation(test: PlannedTest, kind: 'skip.php' | 'clean.php'): Invocation {
	const settings = new Map(SETTINGS);
	const more = new Map([
		['opcache.file_cache', ''],
		['opcache.file_cache_only', '0'],
		...(kind === 'skip.php' ? ([['display_startup_errors', '0']] as const) : []),
	]);
	return {
		args: ['-q', ...params(settings), ...params(more), scriptFile(test.file, kind)],
		env: { ...environment(test, settings), ...ownEnvironment(test) },
		stdin: undefined,
		stdout: true,
		stderr: true,
		extensions: test.extensions,
	};
}

function environment({ php }: PlannedTest, settings: ReadonlyMap<string, string>): Record<string, string> {
	const quoted = [...settings].map(([name, value]) => `-d "${name}=${value.replaceAll(/["'\\]/g, '\\$&')}"`);
	return {
		...ENVIRONMENT,
		TEST_PHP_EXECUTABLE: php.executable,
		TEST_PHP_EXTRA_ARGS: `${php.extraArgs} ${quoted.join(' ')}`,
	};
}

function ownEnvironment({ file, sections }: PlannedTest): Record<string, string> {
	const lines = (sections.get('ENV') ?? '').replaceAll('{PWD}', dirname(file)).split('\n');
	const pairs = lines.map((line) => /^([^=]+)=(.*)$/s.exec(trim(line)) ?? []);
	return Object.fromEntries(
		pairs.flatMap(([, name, value]) => (name === undefined || value === undefined ? [] : [[name, value]])),
	);
}

/** Root has to say so. */
function preloadUser({ extensions }: Php): [string, string][] {
	return extensions.has('posix') && process.getuid?.() === 0 ? [['opcache.preload_user', 'root']] : [];
}

function params(settings: ReadonlyMap<string, string>): string[] {
	return [...settings].flatMap(([name, value]) => ['-d', `${name}=${value}`]);
}

/** The words of a command line without expansions. */
function shellWords(text: string): string[] {
	const words = text.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? [];
	return words.map((word) => word.replaceAll(/"([^"]*)"|'([^']*)'/g, (_all, double, single) => double ?? single ?? ''));
}
