import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Plugin } from 'vitest/config';

const NODE = /\/support\/node\/(?=[^/]+\.ts$)/;

/** In the browser, test/support/browser/X.ts takes the place of test/support/node/X.ts, which tests import. */
export function browserSupport(): Plugin {
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
	};
}
