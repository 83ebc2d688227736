import { posix } from 'node:path';
import { expect } from 'vitest';
import { adaptCaddyfile } from '../../src/adapt/adapt.ts';
import type { AdaptedConfig } from '../../src/adapt/adapted-config.ts';
import { adaptJson, writeCaddyJson } from '../../src/adapt/json/caddy-json.ts';
import { CaddyfileError } from '../../src/caddyfile/errors.ts';
import type { CaddyfileHost } from '../../src/caddyfile/host.ts';
import type { AdaptedDirective } from '../../src/directives/list.ts';
import { planEndpoints } from '../../src/scopes/site-endpoints.ts';

/** A machine whose only files and variables are these; files live in `/etc/igor`. */
export function memoryHost(
	files: Readonly<Record<string, string>> = {},
	variables: Readonly<Record<string, string>> = {},
): CaddyfileHost {
	return {
		variable: (name) => (Object.hasOwn(variables, name) ? variables[name] : undefined),
		glob(pattern, fromFile) {
			const [before, after] = posix.resolve(posix.dirname(fromFile), pattern).split('*');
			return Object.keys(files)
				.filter((file) => {
					if (after === undefined) return file === before;
					const middle = file.slice(before!.length, file.length - after.length);
					return file.startsWith(before!) && file.endsWith(after) && !middle.includes('/');
				})
				.sort();
		},
		read: (path) => files[path],
	};
}

/** Adapts `/etc/igor/Caddyfile`; what Caddy's JSON of it says is the same, each time. */
export function adapt(text: string, host: CaddyfileHost = memoryHost()): AdaptedConfig {
	const config = adaptCaddyfile(text, '/etc/igor/Caddyfile', host);
	if (canBeServed(config)) throughJson(config);
	return config;
}

/** Addresses that contradict each other are found later, and no JSON says them. */
function canBeServed({ sites, global }: AdaptedConfig): boolean {
	try {
		planEndpoints(sites, global);
		return true;
	} catch {
		return false;
	}
}

/** Writes Caddy's JSON of a configuration, and reads it. What is read is written as it was. */
export function throughJson(config: AdaptedConfig): AdaptedConfig {
	const text = JSON.stringify(writeCaddyJson(config));
	const again = adaptJson(text, '/etc/igor/caddy.json');
	expect(JSON.parse(JSON.stringify(writeCaddyJson(again)))).toEqual(JSON.parse(text));
	return again;
}

/** The directives of a site that has these lines, without positions. */
export function directives(...lines: string[]): AdaptedDirective[] {
	return plain(adapt(`:80 {\n${lines.join('\n')}\n}`).sites[0]!.directives) as AdaptedDirective[];
}

/** As JSON would have it, without positions. */
export function plain(value: unknown): unknown {
	return JSON.parse(JSON.stringify(value, (key, each) => (key === 'position' ? undefined : each)));
}

/** The error with which something is refused. */
export function refusal(action: () => unknown): CaddyfileError {
	try {
		action();
	} catch (error) {
		expect(error).toBeInstanceOf(CaddyfileError);
		return error as CaddyfileError;
	}
	throw new Error('It was not refused.');
}

/** `line:column code` of the error with which a site of these lines is refused; the first of them is on line 2. */
export function refused(...lines: string[]): string {
	const { code, position } = refusal(() => adapt(`:80 {\n${lines.join('\n')}\n}`));
	return `${position.line}:${position.column} ${code}`;
}
