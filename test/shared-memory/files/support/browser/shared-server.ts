import type { ServeOptions } from '../../../../../src/config/options.ts';
import { startServer } from '../../../../../src/platform/browser/serve.ts';
import type { CapturingLogger } from '../../../../support/capturing-logger.ts';
import type { SharedServer } from '../shared-server.ts';

/** Where the build has put PHP. */
const ASSETS = new URL('../../../../../dist/browser/', import.meta.url);

/** The server of a page, which has no other files than shared ones. */
export async function openSharedServer(
	initial: Record<string, string>,
	{ listen: _, ...options }: ServeOptions,
	log: CapturingLogger,
): Promise<SharedServer> {
	const all = { ...options, root: '/app', files: initial, assets: ASSETS, log };
	const { server, scope, files } = await startServer(all);
	return {
		running: scope,
		files,
		run: async (script, query) => {
			const parameters = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]));
			const response = await server.fetch(`/${script}?${parameters}`);
			const text = await response.text();
			if (response.status !== 200) throw new Error(`${response.status} ${text}`);
			return text;
		},
		close: () => server.close(),
	};
}
