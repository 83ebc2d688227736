import { fileURLToPath } from 'node:url';
import { run, start } from './children.mjs';

export const PHP_VERSION = '8.4';
export const app = fileURLToPath(new URL('app', import.meta.url));
const program = fileURLToPath(new URL('../../bin/igor.js', import.meta.url));

/** Starts `igor php-server` on the benchmark's application; resolves when it listens. */
export async function startIgor(...args) {
	return startIgorIn(app, {}, '--root', `${app}/public`, '--sidekick-entrypoint', `${app}/sidekick.php`, ...args);
}

/**
 * Starts it on another application.
 * @param options `env`: beside this process's; `php`: another version
 */
export async function startIgorIn(folder, { env = {}, php = PHP_VERSION }, ...args) {
	const common = ['--listen', '127.0.0.1:0', '--php', php];
	const server = start(process.execPath, [program, 'php-server', ...common, ...args], optionsOf(folder, env));
	const [, url] = await server.line(/Listening on (\S+)/);
	return { ...server, url };
}

/** What `igor php-cli` prints. @param options as those of `startIgorIn()` */
export function phpCli(folder, { env = {}, php = PHP_VERSION }, ...args) {
	return run(process.execPath, [program, 'php-cli', '--php', php, ...args], optionsOf(folder, env));
}

function optionsOf(cwd, env) {
	return { cwd, env: { ...process.env, ...env } };
}

/** The text of an answer that has to be a success. */
export async function get(url) {
	const response = await fetch(url);
	const text = await response.text();
	if (!response.ok) throw new Error(`${url}: ${response.status} ${text}`);
	return text;
}
