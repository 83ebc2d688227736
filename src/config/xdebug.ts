import { DEFAULT_NETWORK, type NetworkRule, type NetworkRules } from './network-rules.ts';
import type { PhpExtension } from './values.ts';

/** What the option `xdebug` has a say in. */
type Debugged = {
	readonly extensions: readonly PhpExtension[];
	readonly phpIni: Readonly<Record<string, string>>;
	readonly env: Readonly<Record<string, string>>;
	readonly network?: NetworkRules | undefined;
};

/** Variables of the server's environment by which Xdebug and editors are told what to do. */
const VARIABLES = ['XDEBUG_MODE', 'XDEBUG_CONFIG', 'XDEBUG_SESSION', 'XDEBUG_TRIGGER', 'PHP_IDE_CONFIG'] as const;

/** Whoever asks for Xdebug wants to debug, everything; the configuration may say otherwise. */
const DIRECTIVES = { 'xdebug.mode': 'debug', 'xdebug.start_with_request': 'yes' };

/** Xdebug's own defaults: where the editor listens. */
const HOST = 'localhost';
const PORT = '9003';

/**
 * The options of a scope that is to be debugged: with Xdebug, and with the permission to connect to the editor.
 * @param variables the environment of the server
 * @param later directives that PHP's command line is given itself
 */
export function withXdebug<Options extends Debugged>(
	options: Options & Debugged,
	variables: Readonly<Record<string, string | undefined>>,
	later: Readonly<Record<string, string>> = {},
): Options & Debugged {
	const given = VARIABLES.flatMap((name) => {
		const value = variables[name];
		return value === undefined ? [] : [[name, value] as const];
	});
	const env = { ...Object.fromEntries(given), ...options.env };
	const phpIni = { ...DIRECTIVES, ...options.phpIni };
	const editor = editorOf({ ...phpIni, ...later }, env.XDEBUG_CONFIG);
	return {
		...options,
		env,
		phpIni,
		extensions: [...new Set<PhpExtension>([...options.extensions, 'xdebug'])],
		network: { ...(options.network ?? DEFAULT_NETWORK), ...(editor && { editor }) },
	};
}

/** Where Xdebug will connect to; undefined = to nothing that has a host and a port. `XDEBUG_CONFIG` goes before php.ini. */
function editorOf(phpIni: Readonly<Record<string, string>>, config = ''): NetworkRule | undefined {
	const inConfig = new Map(
		config.split(' ').flatMap((part) => {
			const [, name = '', value = ''] = /^([^=]+)=(.+)$/s.exec(part) ?? [];
			return name === '' ? [] : [[name.toLowerCase(), value] as const];
		}),
	);
	const setting = (name: string): string | undefined => inConfig.get(name) ?? phpIni[`xdebug.${name}`];
	const host = (setting('client_host') ?? HOST).toLowerCase();
	const port = Number(setting('client_port') ?? PORT);
	// A UNIX socket is allowed by the folder that it lies in; Xdebug finds no `xdebug://gateway` here.
	if (host.includes('://') || !Number.isInteger(port) || port < 1 || port > 65535) return undefined;
	return { host, port };
}
