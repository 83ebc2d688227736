import { CaddyfileError } from '../caddyfile/errors.ts';
import type { CaddyfileHost } from '../caddyfile/host.ts';
import type { Warning } from '../caddyfile/imports.ts';
import { parseCaddyfile, type ServerBlock } from '../caddyfile/parser.ts';
import { Position } from '../caddyfile/position.ts';
import { parseAddress } from '../caddyfile/site-addresses.ts';
import type { SiteSettings } from '../directives/directive.ts';
import { sortErrorHandlers } from '../directives/handle-errors.ts';
import { listedDirective } from '../directives/list.ts';
import type { AdaptedConfig, AdaptedSite } from './adapted-config.ts';
import { readDirectives } from './blocks.ts';
import { claimAddress } from './claim-address.ts';
import { type GlobalOptions, readGlobalOptions } from './global-options.ts';

/**
 * Understands a Caddyfile completely, or refuses it: nothing in it is ignored.
 *
 * @param text the Caddyfile
 * @param file its path, as errors show it; paths in `import` are relative to its folder
 * @throws CaddyfileError with the position of the first mistake, and nothing else
 */
export function adaptCaddyfile(text: string, file: string, host: CaddyfileHost): AdaptedConfig {
	refuseJson(text, file);
	const tree = parseCaddyfile(text, file, host);
	const warnings: Warning[] = [...tree.warnings];
	const global = readGlobalOptions(tree.globalOptions);
	const taken = new Set<string>();
	const sites = tree.servers.map((server) => adaptSite(server, global, warnings, taken));
	return { global, sites, warnings };
}

/** It would be read as the address of a site. */
function refuseJson(text: string, file: string): void {
	if (!/^\s*\{\s*"/.test(text)) return;
	try {
		JSON.parse(text);
	} catch {
		return;
	}
	throw new CaddyfileError('unsupported', new Position({ file, text }, 1, 1), 'this is JSON, and no Caddyfile', {
		hint: "give the file a name that ends with .json, or say '--adapter json'",
	});
}

function adaptSite(server: ServerBlock, global: GlobalOptions, warnings: Warning[], taken: Set<string>): AdaptedSite {
	const addresses = server.addresses.map((token) => {
		if (listedDirective(token.text)) {
			throw new CaddyfileError('bad_syntax', token.position, `the directive '${token.text}' stands outside of a site`, {
				expected: "an address first, such as ':8080', and directives in its block",
			});
		}
		const address = parseAddress(token);
		claimAddress(address, taken, token.text);
		return address;
	});
	const settings: SiteSettings = { logs: [], errorHandlers: [] };
	const around = {
		matchers: new Map(),
		order: global.order,
		warnings,
		...(!server.braces && { unknownHint: 'if this is a second site, put braces around the directives of each' }),
	};
	const { directives, matchers } = readDirectives(server.directives, around, 'sorted', settings);
	return {
		addresses,
		matchers: Object.fromEntries(matchers),
		directives,
		...settings,
		errorHandlers: sortErrorHandlers(settings.errorHandlers),
		position: server.addresses[0]!.position,
	};
}
