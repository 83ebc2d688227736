import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hasHiddenSegment, normalisePath } from '../../../src/http/request-path.ts';
import { chooseScript, type Decision } from '../../../src/site/php/choose-script.ts';
import type { FileProbe } from '../../../src/site/php/file-probe.ts';
import { ScriptMemory } from '../../../src/site/php/script-memory.ts';

/** Paths → real paths; a final '/' marks a directory. */
const FILES: Record<string, string> = {
	'/': '/',
	'/index.php': '/index.php',
	'/about.php': '/about.php',
	'/worker.php': '/worker.php',
	'/SHOUT.PHP': '/SHOUT.PHP',
	'/style.css': '/style.css',
	'/a b.txt': '/a b.txt',
	'/é.txt': '/é.txt',
	'/backup.php.bak': '/backup.php.bak',
	'/old.php~': '/old.php~',
	'/lib.phtml': '/lib.phtml',
	'/photo.jpg': '/about.php',
	'/config.txt': '/.git/config',
	'/.env': '/.env',
	'/.git/config': '/.git/config',
	'/.well-known/': '/.well-known/',
	'/.well-known/security.txt': '/.well-known/security.txt',
	'/app/': '/app/',
	'/app/index.php': '/app/index.php',
	'/docs/': '/docs/',
	'/docs/index.html': '/docs/index.html',
	'/weird.php/': '/weird.php/',
	'/weird.php/x.css': '/weird.php/x.css',
	'/back\\slash.txt': '/back\\slash.txt',
};

function probeOf(files: Record<string, string>): FileProbe {
	return {
		look(path) {
			if (path in files && !path.endsWith('/')) return { kind: 'file', realPath: files[path]! };
			const real = files[path === '/' ? '/' : `${path}/`];
			return real === undefined ? undefined : { kind: 'directory', realPath: real };
		},
	};
}

const { '/index.php': _, ...WITHOUT_FRONT } = FILES;
const table = { root: '/srv/é', workers: new Map([['/worker.php', 3]]) };
const show = (decision: Decision): string => {
	switch (decision.kind) {
		case 'php':
			return `php ${decision.scriptName}|${decision.pathInfo}${decision.worker === undefined ? '' : ` #${decision.worker}`}`;
		case 'file':
			return `file ${decision.path}`;
		case 'redirect':
			return `redirect ${decision.location}`;
		case 'refuse':
			return `refuse ${decision.status}${decision.message === undefined ? '' : ` ${decision.message}`}`;
		case 'pass':
			return 'pass';
	}
};

describe('routing with a front controller', () => {
	test.each([
		['/', 'php /index.php|'],
		['/index.php', 'php /index.php|'],
		['/about.php', 'php /about.php|'],
		['/about.php/', 'php /about.php|/'],
		['/about.php/x/y', 'php /about.php|/x/y'],
		['/about.php/x.php/y', 'php /about.php|/x.php/y'],
		['/about.php/%C3%A9', 'php /about.php|/Ã©'],
		['/worker.php', 'php /worker.php| #3'],
		['/worker.php/x', 'php /worker.php|/x #3'],
		['/SHOUT.PHP', 'php /SHOUT.PHP|'],
		['/nothing', 'php /index.php|'],
		['/nothing.php', 'php /index.php|'],
		['/nothing.php/x', 'php /index.php|'],
		['/nothing.css', 'php /index.php|'],
		['/style.css', 'file /style.css'],
		['/style.css/', 'redirect /style.css'],
		['/style.css//', 'redirect /style.css'],
		['/style.css%2f', 'redirect /style.css'],
		['/config.txt/', 'refuse 404'],
		['//style.css', 'file /style.css'],
		['/a%20b.txt', 'file /a b.txt'],
		['/%C3%A9.txt', 'file /é.txt'],
		['/Ã©.txt', 'file /é.txt'],
		['/app', 'redirect /app/'],
		['//app', 'redirect /app/'],
		['/app/', 'php /app/index.php|'],
		['/docs', 'php /index.php|'],
		['/docs/', 'php /index.php|'],
		['/app/../about.php', 'php /about.php|'],
		['/../../about.php', 'php /about.php|'],
		['/%2e%2e/%2e%2e/about.php', 'php /about.php|'],
		['/app%2f..%2fabout.php', 'php /about.php|'],
		['/weird.php/x.css', 'file /weird.php/x.css'],
		['/back%5Cslash.txt', 'php /index.php|'],
		['/App%5CEntity', 'php /index.php|'],
		['/%FF', 'php /index.php|'],
		['/backup.php.bak', 'refuse 404'],
		['/old.php~', 'refuse 404'],
		['/lib.phtml', 'refuse 404'],
		['/photo.jpg', 'refuse 404'],
		['/config.txt', 'refuse 404'],
		['/.env', 'refuse 404'],
		['/%2eenv', 'refuse 404'],
		['/.git/config', 'refuse 404'],
		['/x/.hidden/y', 'refuse 404'],
		['/about.php/.x', 'refuse 404'],
		['/.well-known/security.txt', 'file /.well-known/security.txt'],
		['/.well-known/.env', 'refuse 404'],
		['/.well-known/../.env', 'refuse 404'],
		['/%', 'refuse 400'],
		['/%zz', 'refuse 400'],
		['/%4', 'refuse 400'],
		['/about.php%00', 'refuse 400'],
		['/style.css%00.php', 'refuse 400'],
	])('%s → %s', (path, expected) => {
		expect(show(chooseScript(path, table, probeOf(FILES)))).toBe(expected);
	});

	test('script names are byte strings', () => {
		expect(chooseScript('/', table, probeOf(FILES))).toMatchObject({ scriptFilename: '/srv/Ã©/index.php' });
	});
});

describe('routing without a front controller', () => {
	test.each([
		['/', 'refuse 404'],
		['/nothing', 'refuse 404'],
		['/docs', 'redirect /docs/'],
		['/docs/', 'file /docs/index.html'],
		['/app', 'redirect /app/'],
		['/nothing.php', 'refuse 500 There is no script /srv/é/index.php'],
		['/nothing.php/more', 'refuse 500 There is no script /srv/é/index.php'],
		['/back%5Cslash.txt', 'refuse 404'],
	])('%s → %s', (path, expected) => {
		expect(show(chooseScript(path, table, probeOf(WITHOUT_FRONT)))).toBe(expected);
	});
});

const nasty = fc
	.array(
		fc.constantFrom(
			'/',
			'..',
			'.',
			'%2e',
			'%2E%2e',
			'%2f',
			'%5c',
			'\\',
			'%00',
			'%',
			'a',
			'.php',
			'.env',
			'é',
			'~',
			'//',
		),
	)
	.map((parts) => `/${parts.join('')}`);

test('no path ever leaves the root or names something hidden', () => {
	fc.assert(
		fc.property(
			fc.oneof(
				nasty,
				fc.string().map((s) => `/${s}`),
				fc.webPath(),
			),
			(path) => {
				const asked: string[] = [];
				// Everything exists, so that every question comes up.
				const probe: FileProbe = {
					look(at) {
						asked.push(at);
						return { kind: asked.length % 3 === 0 ? 'directory' : 'file', realPath: at };
					},
				};
				const decision = chooseScript(path, table, probe);
				for (const at of asked) {
					expect(at.startsWith('/')).toBe(true);
					expect(at.split('/').slice(1)).not.toContain('..');
					expect(at).not.toMatch(/[\0\\]|\/\/|.\/$/);
					expect(hasHiddenSegment(at)).toBe(false);
				}
				if (decision.kind === 'file') expect(decision.path).not.toMatch(/\.php$/i);
				if (decision.kind === 'redirect') expect(decision.location).not.toMatch(/^\/\/|[\r\n]/);
			},
		),
		{ numRuns: 2000 },
	);
});

test('normalising twice changes nothing, as long as nothing is escaped', () => {
	fc.assert(
		fc.property(nasty, (path) => {
			const once = normalisePath(path);
			if (once !== undefined && /^[\x20-\x7e]*$/.test(once) && !once.includes('%'))
				expect(normalisePath(once)).toBe(once);
		}),
	);
});

describe('the memory for scripts', () => {
	test('asks the disk for a script once per second, and never remembers what was not there', () => {
		let now = 0;
		let looks = 0;
		const files = { ...FILES };
		const inner = probeOf(files);
		const memory = new ScriptMemory(
			table,
			{
				look: (path) => {
					looks++;
					return inner.look(path);
				},
			},
			() => now,
		);
		memory.decide('/about.php');
		const first = looks;
		now = 999;
		memory.decide('/about.php');
		expect(looks).toBe(first);
		delete files['/about.php'];
		now = 1000;
		expect(show(memory.decide('/about.php'))).toBe('php /index.php|');
		files['/about.php'] = '/about.php';
		expect(show(memory.decide('/about.php'))).toBe('php /about.php|');
	});
});
