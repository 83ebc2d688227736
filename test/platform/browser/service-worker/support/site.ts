import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { assetNames, BROWSER_BUILD } from '../../../../support/browsers/asset-names.ts';
import type { HostedFile } from './static-host.ts';

const root = fileURLToPath(new URL('../../../../../', import.meta.url));

const PHP = ['php-8.4.wasm', 'frankenphp-8.4.so', 'php.ini'];

/** Puts PHP into the folder of a page. */
export function addPhp(site: Map<string, HostedFile>): void {
	const names = assetNames();
	for (const name of PHP) {
		const file = names[name] ?? name;
		site.set(file, { content: readFileSync(join(BROWSER_BUILD, file)) });
	}
}

/** The files of a built page, as a build step leaves them in a folder. `version` is the one of the service worker. */
export async function buildSite(version = '1'): Promise<Map<string, HostedFile>> {
	const { outputFiles } = await build({
		absWorkingDir: root,
		entryPoints: {
			page: 'test/platform/browser/service-worker/pages/page.ts',
			'app-worker': 'test/platform/browser/service-worker/pages/app-worker.ts',
			'sharing-worker': 'test/platform/browser/service-worker/pages/sharing-worker.ts',
			'service-worker': 'src/platform/browser/service-worker/service-worker.ts',
		},
		bundle: true,
		format: 'esm',
		target: 'es2024',
		define: { IGOR_BUILD: JSON.stringify(version), IGOR_ASSETS: JSON.stringify(assetNames()) },
		outdir: '/site',
		write: false,
		logLevel: 'warning',
	});
	const files = new Map<string, HostedFile>(
		outputFiles.map(({ path, contents }) => [path.slice('/site/'.length), { content: contents }]),
	);
	const index =
		'<!doctype html><title>page</title><link rel="icon" href="data:,"><script type="module" src="page.js"></script>';
	return files.set('', { content: index });
}
