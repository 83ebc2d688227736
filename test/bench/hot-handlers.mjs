// node test/bench/hot-handlers.mjs: counts which handlers of opcodes real applications use, and writes the list of those
// that run inside execute_ex(): src/php-binary/interpreter/hot-handlers.ts. For the release in package.json; run it when
// that changes, or with better applications. Needs what the sections symfony and wordpress of the benchmark need.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { importSource, phpOf } from '../../scripts/build-browser.mjs';
import { copyWordPress, useSqlite } from '../programs/support/applications.ts';
import { run, start } from './children.mjs';
import { get } from './igor.mjs';

/** How many are inside: more would cost more memory, and time until the code is optimized, than they bring. */
const HOTTEST = 200;
const REQUESTS = 6;
/** For each kernel. */
const SECONDS = '0.05';
/** Servers have it, the command line does not: it makes other opcodes of the same code, such as those of sums of integers. */
const OPCACHE = ['-d', 'opcache.enable_cli=1'];
const fileOf = (name) => fileURLToPath(new URL(name, import.meta.url));
const igor = fileOf('../../dist/cli.js');
const hook = fileOf('programs/count-handlers.mjs');
const symfonyApp = fileOf('../programs/symfony-app');
/** WordPress names the server that shows it, or visitors are led elsewhere. */
const OWN_ADDRESS = `define('DISABLE_WP_CRON', true);
define('WP_HOME', 'http://' . ($_SERVER['HTTP_HOST'] ?? 'localhost'));
define('WP_SITEURL', WP_HOME);
/* That's all`;
const libraries = ['--mount', '/usr/share/php:ro'];

const { PHP_VERSIONS } = await importSource('src/config/values.ts');
const { preparePhp } = await importSource('src/php-binary/prepare-php.ts');
const { countHandlers } = await importSource('src/php-binary/interpreter/count-handlers.ts');
const { findHandlerSlots } = await importSource('src/php-binary/interpreter/handler-slots.ts');
const { readFunctionNames } = await importSource('src/php-binary/interpreter/function-names.ts');
const { readFunctionTable } = await importSource('src/php-binary/function-table.ts');

/**
 * What is counted: programs whose opcodes count alike, however long they run. Not kernels/mixed.php and MediaWiki: they tell
 * in the benchmark what this brings to code that has not chosen the list.
 */
const programs = {
	kernels: (version, env) => runPhp(version, env, folder, fileOf('kernels/kernels.php'), SECONDS),
	'kernels with opcache': (version, env) =>
		runPhp(version, env, folder, ...OPCACHE, fileOf('kernels/kernels.php'), SECONDS),
	parser: (version, env) =>
		runPhp(version, env, folder, ...libraries, ...OPCACHE, fileOf('kernels/parser.php'), SECONDS),
	twig: (version, env) => runPhp(version, env, folder, ...libraries, ...OPCACHE, fileOf('kernels/twig.php'), SECONDS),
	symfony: async (version, env) => {
		const app = path.join(folder, `symfony-${version}`);
		cpSync(symfonyApp, app, { recursive: true });
		const shown = [...libraries, '--env', 'APP_ENV=prod', '--env', 'APP_DEBUG=0'];
		await pages(version, env, app, ['--root', `${app}/public`, ...shown], ['/?search=chair', '/']);
	},
	wordpress: async (version, env) => {
		const blog = path.join(folder, `wordpress-${version}`);
		copyWordPress(blog);
		useSqlite(blog);
		const config = path.join(blog, 'wp-config.php');
		writeFileSync(
			config,
			readFileSync(config, 'utf8').replace("/* That's all", () => OWN_ADDRESS),
		);
		await runPhp(version, env, blog, fileOf('../programs/fixtures/wp.php'), 'core install');
		await pages(version, env, blog, ['--root', blog], ['/', '/?p=1', '/wp-login.php', '/?s=hello']);
	},
};

const folder = mkdtempSync(path.join(tmpdir(), 'igor-hot-'));
/** Name → its share of what was counted, summed over programs and versions. */
const heat = new Map();
/** Version → name → number. */
const numbers = new Map();
try {
	for (const version of PHP_VERSIONS) await count(version);
} finally {
	rmSync(folder, { recursive: true, force: true });
}
const hottest = [...heat].toSorted(([, a], [, b]) => b - a).slice(0, HOTTEST);
const covered = hottest.reduce((sum, [, share]) => sum + share, 0) / heat.values().reduce((sum, share) => sum + share);
const lines = hottest.map(([name]) => {
	const each = PHP_VERSIONS.map((version) => numbers.get(version).get(name) ?? -1);
	return `\t['${name}', ${each.join(', ')}],\n`;
});
writeFileSync(
	fileOf('../../src/php-binary/interpreter/hot-handlers.ts'),
	`/**
 * The handlers of opcodes that run inside execute_ex(), the hottest first: name, and number in PHP ${PHP_VERSIONS.join(', ')}; -1 = it
 * has none of that name. Made by test/bench/hot-handlers.mjs: ${(100 * covered).toFixed(1)} % of all that was counted.
 */
export const HOT_HANDLERS: readonly (readonly [name: string, ...numbers: number[]])[] = [
${lines.join('')}];
`,
);

/** Adds to `heat` what every program uses. */
async function count(version) {
	const binary = readFileSync(phpOf('node', version).binary);
	const extension = readFileSync(fileOf(`../../wasm/build/${version}/frankenphp.so`));
	const counting = path.join(folder, `counting-${version}.wasm`);
	writeFileSync(counting, preparePhp(countHandlers(binary), [extension]));
	const table = readFunctionTable(binary);
	const slots = findHandlerSlots(binary, table);
	const names = readFunctionNames(binary);
	const nameOf = (slot) => names.get(table.functions[slot - table.first]);
	const own = new Map();
	numbers.set(version, own);
	for (let i = slots.count - 1; i >= 0; i--) own.set(nameOf(slots.first + i), i);
	for (const [name, program] of Object.entries(programs)) {
		const counts = path.join(folder, 'counts.json');
		const env = { ...process.env, IGOR_STOCK_PHP: '1', IGOR_COUNTING: counting, IGOR_COUNTS: counts };
		await program(version, env);
		const counted = JSON.parse(readFileSync(counts, 'utf8'));
		const total = counted.reduce((sum, times) => sum + times, 0);
		process.stderr.write(`PHP ${version}, ${name}: ${total} opcodes\n`);
		for (const [slot, times] of counted.entries()) {
			if (times > 0) heat.set(nameOf(slot), (heat.get(nameOf(slot)) ?? 0) + times / total);
		}
	}
}

function runPhp(version, env, cwd, ...args) {
	return run(process.execPath, ['--import', hook, igor, 'php-cli', '--php', version, ...args], { cwd, env });
}

async function pages(version, env, cwd, options, paths) {
	const args = ['php-server', '--listen', '127.0.0.1:0', '--threads', '1', '--php', version, ...options];
	const server = start(process.execPath, ['--import', hook, igor, ...args], { cwd, env });
	const [, url] = await server.line(/Listening on (\S+)/);
	for (let i = 0; i < REQUESTS; i++) for (const page of paths) await get(`${url}${page}`);
	await server.stop();
}
