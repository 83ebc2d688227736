import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	realpathSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { NodeHostFiles } from '../../src/platform/node/files/node-host-files.ts';
import { codeOfPackage } from '../../src/platform/node/files/reserved.ts';
import { cleanUp, Igor, writeApp } from '../program/support/igor.ts';
import { freePort } from '../support/free-port.ts';
import { platform } from '../support/node/platform.ts';

// What the server runs or believes may lie in a folder that PHP sees: its own package, the Caddyfile. PHP changes neither.

const O_RDWR = 2;
const O_CREAT = 0o100;
const O_TRUNC = 0o1000;

let app: string;
let files: NodeHostFiles;

beforeEach(() => {
	app = realpathSync(mkdtempSync(join(tmpdir(), 'igor-reserved-')));
	mkdirSync(join(app, 'node_modules/igor-php/dist'), { recursive: true });
	writeFileSync(join(app, 'node_modules/igor-php/dist/thread.js'), 'code');
	writeFileSync(join(app, 'Caddyfile'), 'config');
	writeFileSync(join(app, 'mine.txt'), 'mine');
	mkdirSync(join(app, 'folder'));
	files = new NodeHostFiles({
		mounts: [
			{ host: app, visible: app },
			{ host: app, visible: '/alias' },
		],
		memory: { readlink: () => undefined, exists: () => false },
		territory: [app],
		reserved: [...codeOfPackage(join(app, 'node_modules/igor-php'), ['dist']), join(app, 'Caddyfile')],
		serverUmask: 0o022,
	});
});
afterEach(() => {
	files.closeAll();
	rmSync(app, { recursive: true, force: true });
});
afterAll(() => cleanUp());

const CODE = 'node_modules/igor-php/dist/thread.js';

test.each(['HOST', '/alias'])('nothing changes what is reserved, by the path %s', (root) => {
	const at = (name: string) => join(root === 'HOST' ? app : root, name);
	const attempts: Record<string, () => unknown> = {
		write: () => files.open(at(CODE), O_RDWR, 0),
		truncate: () => files.open(at(CODE), O_RDWR | O_TRUNC, 0),
		create: () => files.open(at('node_modules/igor-php/dist/more.js'), O_RDWR | O_CREAT, 0o666),
		'another package': () => files.mkdir(at('node_modules/koffi'), 0o777),
		unlink: () => files.unlink(at(CODE)),
		rmdir: () => files.rmdir(at('node_modules/igor-php/dist')),
		'rename it': () => files.rename(at(CODE), at('x')),
		'rename over it': () => files.rename(at('mine.txt'), at(CODE)),
		'rename the folder': () => files.rename(at('node_modules'), at('x')),
		'rename a folder of it': () => files.rename(at('node_modules/igor-php'), at('x')),
		symlink: () => files.symlink('mine.txt', at('node_modules/igor-php/dist/link')),
		'a second name': () => files.link(at(CODE), at('second')),
		'a second name there': () => files.link(at('mine.txt'), at('node_modules/igor-php/dist/second')),
		chmod: () => files.chmod(at(CODE), 0o666),
		utimes: () => files.utimes(at(CODE), 1, 1, true),
		socket: () => files.socketToBind(at('node_modules/s')),
		'write the configuration': () => files.open(at('Caddyfile'), O_RDWR, 0),
		'remove the configuration': () => files.unlink(at('Caddyfile')),
		'replace the configuration': () => files.rename(at('mine.txt'), at('Caddyfile')),
	};
	for (const [name, attempt] of Object.entries(attempts)) {
		expect(attempt, name).toThrow(expect.objectContaining({ code: expect.stringMatching(/^(EROFS|EBUSY)$/) }));
	}
	expect(readFileSync(join(app, CODE), 'utf8')).toBe('code');
	expect(readFileSync(join(app, 'Caddyfile'), 'utf8')).toBe('config');
	expect(readdirSync(app).sort()).toEqual(['Caddyfile', 'folder', 'mine.txt', 'node_modules']);
});

test('a link to it is no way around, and what is not reserved can be changed', () => {
	files.symlink(CODE, join(app, 'link'));
	expect(() => files.open(join(app, 'link'), O_RDWR, 0)).toThrow(expect.objectContaining({ code: 'EROFS' }));
	files.close(files.open(join(app, CODE), 0, 0).fd);
	files.close(files.open(join(app, 'mine.txt'), O_RDWR, 0).fd);
	files.rename(join(app, 'folder'), join(app, 'renamed'));
	files.rmdir(join(app, 'renamed'));
});

test('the package that runs this server is', async () => {
	const app = platform.emptyFolder();
	const target = fileURLToPath(new URL('../../dist/canary.js', import.meta.url));
	app.write(
		'index.php',
		`<?php echo json_encode([@file_put_contents(${JSON.stringify(target)}, 'x'), file_exists(dirname(${JSON.stringify(target)}))]);`,
	);
	await using server = await app.serve({ threads: 1, log: false });
	expect(await (await server.fetch('/index.php')).json()).toEqual([false, true]);
	expect(existsSync(target)).toBe(false);
	app.discard();
});

test('the Caddyfile is, and what it imports', async () => {
	const port = await freePort();
	const folder = writeApp({
		Caddyfile: `{\n\tadmin off\n}\nhttp://127.0.0.1:${port} {\n\troot .\n\timport parts/*.caddy\n\tphp_server\n}\n`,
		'parts/one.caddy': 'header X-One yes\n',
		'index.php': `<?php
			$write = fn ($name) => @file_put_contents(__DIR__ . "/$name", 'respond pwned');
			echo json_encode(array_map($write, ['Caddyfile', 'parts/one.caddy', 'parts/two.caddy', 'mine.txt']));`,
	});
	const igor = new Igor(['run'], folder);
	await igor.ready();
	const response = await fetch(`http://127.0.0.1:${port}/`);
	expect([response.headers.get('x-one'), await response.json()]).toEqual(['yes', [false, false, false, 13]]);
});
