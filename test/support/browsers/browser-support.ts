import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Plugin } from 'vitest/config';

const NODE = /\/support\/node\/(?=[^/]+\.ts$)/;

/** What threads of the built library load. */
const THREAD_SCRIPT = /\/dist\/browser\/(?:php-thread|tls)-[^/?]+\.js(?=$|\?)/;

/**
 * In the browser, test/support/browser/X.ts takes the place of test/support/node/X.ts, which tests import. The scripts of
 * threads come from `build` as they are: Vitest would put calls into them that only its own pages can answer.
 */
export function browserSupport(build: string): Plugin {
	return {
		name: 'igor:browser-support',
		enforce: 'pre',
		resolveId(source, importer) {
			if (importer === undefined || !source.startsWith('.')) return undefined;
			const wanted = resolve(dirname(importer), source);
			if (!NODE.test(wanted)) return undefined;
			const file = wanted.replace(NODE, '/support/browser/');
			if (!existsSync(file)) throw new Error(`${importer} imports ${source}; for the browser, add ${file}.`);
			return file;
		},
		configureServer: ({ middlewares, config }) => {
			middlewares.use((request, response, next) => {
				const [path] = THREAD_SCRIPT.exec(request.url ?? '') ?? [];
				if (path === undefined) return next();
				for (const [name, value] of Object.entries(config.server.headers ?? {})) response.setHeader(name, value ?? '');
				response.setHeader('Content-Type', 'text/javascript');
				response.end(readFileSync(join(build, basename(path))));
			});
		},
	};
}
