import { accessSync, constants, rmSync, statSync } from 'node:fs';
import { mkdtemp, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ScopePlatform } from '../../../application/start-scope.ts';
import { iniLines } from '../../../config/ini-lines.ts';
import type { VisibleFolder } from '../../../config/mounts.ts';
import type { NetworkRules } from '../../../config/network-rules.ts';
import { OptionsError } from '../../../config/options-error.ts';
import { refuseSystemsOwn } from '../../../config/resolve-visible.ts';
import { TRUST } from '../../../config/trust.ts';
import type { PhpExtension, PhpVersion } from '../../../config/values.ts';
import { decideReadOnly } from '../files/decide-read-only.ts';
import { HiddenPaths } from '../files/hidden-paths.ts';
import type { HostFolder } from '../files/host-folders.ts';
import { codeOfPackage, reserve } from '../files/reserved.ts';
import { addTerritory } from '../files/territory.ts';
import { loadCertificates } from '../network/certificates.ts';
import { operatorPorts } from '../network/operator-ports.ts';
import { prepareProcesses } from '../processes/prepare-processes.ts';
import { codeCaches } from './code-cache.ts';
import { hasLoaded, loadPhpBinaries } from './node-binaries.ts';
import { byteStrings } from './node-byte-strings.ts';
import { beginOnlyThread, beginThread, createNodeThreads, type EarlyThread } from './node-threads.ts';
import { findPhp, packageFolder } from './php-packages.ts';

/** What in the package's folder is run or loaded. */
const OWN_CODE = ['bin', 'dist', 'package.json', 'php-runtime', 'scripts', 'src', 'wasm'];

/** Where Debian's packages have PHP's libraries. Its PHP has the folder in its include_path. */
const DEBIANS_LIBRARIES = '/usr/share/php';

/** The options that the platform needs. */
export type NodePlatformOptions = {
	phpVersion: PhpVersion;
	extensions: readonly PhpExtension[];
	env: Readonly<Record<string, string>>;
	phpIni: Readonly<Record<string, string>>;
	/** The text of a php.ini in place of Igor's. */
	baseIni?: string | undefined;
	visiblePaths: readonly string[];
	/** Further folders; missing = none. */
	visibleFolders?: readonly VisibleFolder[] | undefined;
	/** Where PHP may connect to and listen; missing = the default. */
	network?: NetworkRules | undefined;
	/** Programs that PHP may run; missing = none. */
	processes?: readonly string[] | undefined;
	/** Programs share the terminal and stdin of this process. Default: they do not. */
	interactive?: boolean;
	/** Its threads run PHP's own command line, on the standard streams of this process. Default: they get roles. */
	commandLine?: boolean;
	/** Hears, for the operator, that PHP asked for something that exists and that it does not see. */
	onHidden?(message: string): void;
	/** Hears, for the operator, that PHP runs on upstream's interpreter, and why. */
	onSlow?(message: string): void;
	/** The folder that PHP sees as /tmp, shared with another scope; missing = one of its own. */
	temporary?: string | undefined;
};

/** What a scope runs on in Node. */
type NodePlatform = ScopePlatform & { dispose(): Promise<void>; disposeNow(): void };

/**
 * Prepares Node for one scope: PHP's binaries, the folders that PHP sees, and a /tmp of its own that all its
 * threads share and that `dispose` removes.
 */
export async function createNodePlatform(options: NodePlatformOptions): Promise<NodePlatform> {
	const { phpVersion, extensions } = options;
	// The code of the first thread loads while PHP is compiled; later on, nothing has to be waited for.
	const begin = options.commandLine === true ? beginOnlyThread : beginThread;
	const early = hasLoaded(phpVersion, extensions) ? undefined : begin((await findPhp('node', phpVersion)).glue);
	try {
		return await preparePlatform(options, early);
	} catch (error) {
		await early?.worker.terminate();
		throw error;
	}
}

async function preparePlatform(options: NodePlatformOptions, early: EarlyThread | undefined): Promise<NodePlatform> {
	const [binaries, certificates, folders] = await Promise.all([
		loadPhpBinaries(options.phpVersion, options.extensions, options.onSlow, early?.flagged),
		loadCertificates(),
		Promise.all(options.visiblePaths.map(folderOf)),
	]);
	// Last: nobody would remove it if one of these failed.
	const temporary = options.temporary ?? (await mkdtemp(path.join(tmpdir(), 'igor-')));
	const further = (options.visibleFolders ?? []).map(
		({ host, php, readOnly, implied = false }): HostFolder => ({ host, visible: php, readOnly, named: !implied }),
	);
	const tmp = { host: temporary, visible: '/tmp' };
	const { folders: own, guarded, writable } = await decideReadOnly([...folders, ...further, tmp]);
	reserve(...codeOfPackage(packageFolder(), OWN_CODE), ...codeCaches());
	const removeTerritory = addTerritory(writable);
	const { phpVersion, extensions, phpIni, baseIni, visiblePaths, visibleFolders, network, processes } = options;
	// Programs see the host's /tmp: what PHP writes for them needs a path that is the same for both.
	if (processes !== undefined) own.push({ host: temporary, visible: temporary });
	const prepared =
		processes &&
		prepareProcesses(
			processes,
			own,
			path.join(packageFolder(), 'bin', 'igor.js'),
			() =>
				({
					...{ phpVersion, extensions, phpIni, baseIni, visiblePaths, visibleFolders, network, processes, temporary },
					operatorPorts: operatorPorts.list(),
				}) satisfies LaunchOptions,
			operatorPorts,
			options.interactive ?? false,
		);
	const hidden = new HiddenPaths(options.onHidden ?? (() => {}), (folder) =>
		options.commandLine === true
			? `--mount ${folder}:ro`
			: `--mount ${folder}:ro, or "visible ${folder}:ro" in a php_server,`,
	);
	const threads = createNodeThreads(
		binaries,
		{
			env: { ...options.env },
			folders: own,
			guarded,
			umask: process.umask(),
			processes: prepared?.settings,
			certificates,
			network: options.network,
			phpBinary: options.commandLine === true ? path.join(packageFolder(), 'bin', 'php') : undefined,
			ini: iniLines(options.baseIni ?? binaries.ini, {
				...TRUST,
				...(further.some(({ visible }) => visible === DEBIANS_LIBRARIES) && {
					include_path: `.:${DEBIANS_LIBRARIES}`,
				}),
				...(prepared && { sys_temp_dir: temporary }),
				...options.phpIni,
			}),
		},
		hidden,
		early,
	);
	// A second signal ends the process without dispose().
	const removeAtExit = (): void => {
		prepared?.dispose();
		if (options.temporary === undefined) rmSync(temporary, { recursive: true, force: true });
	};
	process.once('exit', removeAtExit);
	return {
		threads,
		byteStrings,
		afterTurn: (run) => void setImmediate(run),
		startsInTurn: false,
		entrypointProblem: (file) => {
			try {
				accessSync(file, constants.R_OK);
				return statSync(file).isFile() ? undefined : 'it is not a file';
			} catch (error) {
				return (error as NodeJS.ErrnoException).code === 'ENOENT'
					? 'the file does not exist'
					: 'the file is not readable';
			}
		},
		disposeNow: removeAtExit,
		dispose: async () => {
			process.off('exit', removeAtExit);
			// If it never became a thread.
			await early?.worker.terminate();
			await hidden.settled();
			removeTerritory();
			prepared?.dispose();
			if (options.temporary === undefined) await rm(temporary, { recursive: true, force: true });
		},
	};
}

/** What the launcher passes from its caller to PHP as a program of PHP. */
export type LaunchOptions = Pick<
	NodePlatformOptions,
	| 'phpVersion'
	| 'extensions'
	| 'phpIni'
	| 'baseIni'
	| 'visiblePaths'
	| 'visibleFolders'
	| 'network'
	| 'processes'
	| 'temporary'
> & {
	/** Ports of admin APIs: PHP as a program must not connect there either. */
	operatorPorts: readonly number[];
};

/** A file is visible together with its neighbours: scripts load what lies beside them. */
async function folderOf(visible: string): Promise<HostFolder> {
	const folder = (await stat(visible)).isDirectory() ? visible : path.dirname(visible);
	if (path.dirname(folder) === folder) {
		throw new OptionsError(
			'bad_root',
			`PHP cannot be shown the whole file system (${folder}); start in the application's folder, or name it as the root.`,
		);
	}
	refuseSystemsOwn(await realpath(folder));
	return { host: folder, visible: folder };
}
