import { fileURLToPath } from 'node:url';
import { start } from './children.mjs';

export const PHP_VERSION = '8.4';
export const app = fileURLToPath(new URL('app', import.meta.url));
const program = fileURLToPath(new URL('../../bin/igor.js', import.meta.url));

/** Starts `igor php-server` on the benchmark's application; resolves when it listens. */
export async function startIgor(...args) {
	const common = ['--root', `${app}/public`, '--listen', '127.0.0.1:0', '--php', PHP_VERSION];
	const sidekicks = ['--sidekick-entrypoint', `${app}/sidekick.php`];
	const server = start(process.execPath, [program, 'php-server', ...common, ...sidekicks, ...args], { cwd: app });
	const [, url] = await server.line(/Listening on (\S+)/);
	return { ...server, url };
}

/** The text of an answer that has to be a success. */
export async function get(url) {
	const response = await fetch(url);
	const text = await response.text();
	if (!response.ok) throw new Error(`${url}: ${response.status} ${text}`);
	return text;
}
