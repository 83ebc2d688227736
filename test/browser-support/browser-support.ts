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
			if (importer === undefined || !NODE.test(source)) return undefined;
			const file = resolve(dirname(importer), source).replace(NODE, '/support/browser/');
			if (!existsSync(file)) throw new Error(`${importer} imports ${source}; for the browser, add ${file}.`);
			return file;
		},
	};
}
