// WordPress's own server in WebAssembly, as npm has it. It is no dependency: half a gigabyte that only one row needs.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '../support/free-port.ts';
import { run, start } from './children.mjs';

const PACKAGE = '@wp-playground/cli';
/** As the packages of PHP that are measured here. */
const VERSION = '3.1.54';

/**
 * Installs it outside of the repository.
 * @returns `start(blog, page, php, workers)` installs a WordPress that has only its files, and resolves with its server when
 *   that shows the page, `path` being where; `remove()`; or a sentence why it is not there
 */
export async function installPlaygroundCli() {
	const folder = mkdtempSync(path.join(tmpdir(), 'igor-bench-playground-'));
	const remove = () => rmSync(folder, { recursive: true, force: true });
	try {
		const quiet = ['--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts', '--loglevel=error'];
		await run('npm', ['install', ...quiet, '--prefix', folder, `${PACKAGE}@${VERSION}`]);
	} catch (error) {
		remove();
		return `npm cannot install ${PACKAGE}: ${
			String(error.stderr ?? error.message)
				.trim()
				.split('\n')[0]
		}`;
	}
	return { start: (...args) => startIn(folder, ...args), remove };
}

async function startIn(folder, blog, page, php, workers) {
	// It keeps things in the home folder.
	const home = `${folder}/home`;
	mkdirSync(home, { recursive: true });
	const port = await freePort();
	const server = start(
		process.execPath,
		[
			...[`${folder}/node_modules/${PACKAGE}/wp-playground.js`, 'server', '--php', php, '--port', String(port)],
			...['--workers', String(workers), '--mount-before-install', `${blog}:/wordpress`],
			...['--wordpress-install-mode', 'install-from-existing-files'],
		],
		{ cwd: folder, env: { ...process.env, HOME: home } },
	);
	const [, url] = await server.line(/running on (http\S+)/);
	// The first answer takes cookies away; it has other addresses for posts.
	await fetch(url, { redirect: 'manual' });
	const { pathname } = new URL((await fetch(`${url}${page}`)).url);
	return { ...server, url, path: pathname };
}
