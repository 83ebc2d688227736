import { execFile } from 'node:child_process';
import {
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** npm's own variables say where the repository is: of those only what leads to the registry may be inherited. */
const ENV = Object.fromEntries(
	Object.entries(process.env).filter(([name]) => !/^(npm_(?!config_)|npm_config_(local_prefix|global))/.test(name)),
);

/** How a program ended and what it wrote. */
export interface Ending {
	readonly status: number | string;
	readonly out: string;
	readonly err: string;
}

/** An installed package, as its package.json describes it. */
export interface InstalledPackage {
	readonly name: string;
	readonly version: string;
	readonly engines?: { readonly node?: string; readonly npm?: string };
}

/** A sentence for lacking(): why npm can install nothing on this machine. In CI that is a failure. */
export async function noRegistry(): Promise<string | undefined> {
	if (process.env.CI) return undefined;
	const { status } = await end('npm', ['ping', '--fetch-retries=0', '--fetch-timeout=10000'], tmpdir());
	return status === 0 ? undefined : 'npm does not reach its registry: what an install brings is not tested.';
}

/** A project in a folder of its own, with Igor in it as npm installs it. */
export class Installation {
	/** Bytes of what would be published. */
	readonly tarballSize: number;
	/** What npm said while it installed. */
	readonly said: string;
	readonly #folder: string;

	private constructor(folder: string, tarballSize: number, said: string) {
		this.#folder = folder;
		this.tarballSize = tarballSize;
		this.said = said;
	}

	/** Packs what `npm test` has built, and installs that. */
	static async create(): Promise<Installation> {
		const folder = mkdtempSync(join(tmpdir(), 'igor-install-'));
		const packed = await end('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], ROOT);
		const [tarball] = readdirSync(folder);
		if (packed.status !== 0 || tarball === undefined) throw new Error(packed.err);
		const { size } = statSync(join(folder, tarball));
		writeFileSync(join(folder, 'package.json'), '{ "name": "app", "private": true }');
		const installed = await end('npm', ['install', '--prefer-offline', `./${tarball}`], folder);
		if (installed.status !== 0) throw new Error(installed.err);
		mkdirSync(join(folder, 'tmp'));
		return new Installation(folder, size, installed.out + installed.err);
	}

	packages(): InstalledPackage[] {
		const lock = JSON.parse(readFileSync(this.#at('node_modules/.package-lock.json'), 'utf8'));
		return Object.keys(lock.packages).map((path) => JSON.parse(readFileSync(this.#at(`${path}/package.json`), 'utf8')));
	}

	/** Bytes of all files in node_modules. */
	size(): number {
		return readdirSync(this.#at('node_modules'), { recursive: true, withFileTypes: true })
			.filter((entry) => entry.isFile())
			.reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
	}

	write(files: Readonly<Record<string, string>>): void {
		for (const [name, text] of Object.entries(files)) {
			mkdirSync(dirname(this.#at(name)), { recursive: true });
			writeFileSync(this.#at(name), text);
		}
	}

	list(folder: string): string[] {
		return readdirSync(this.#at(folder)).sort();
	}

	/** Adds a package as the repository has it, which is quicker than another download. */
	add(name: string): void {
		symlinkSync(join(ROOT, 'node_modules', name), this.#at(`node_modules/${name}`));
	}

	/** Runs Node.js to its end. Its folder for temporary files is `tmp`. */
	node(args: readonly string[], program: string = process.execPath): Promise<Ending> {
		return end(program, args, this.#folder, { TMPDIR: this.#at('tmp') });
	}

	/** Runs the command `igor` to its end. */
	igor(args: readonly string[], program?: string): Promise<Ending> {
		return this.node(['node_modules/igor-php/bin/igor.js', ...args], program);
	}

	remove(): void {
		rmSync(this.#folder, { recursive: true, force: true });
	}

	#at(path: string): string {
		return join(this.#folder, path);
	}
}

function end(
	program: string,
	args: readonly string[],
	cwd: string,
	env: Readonly<Record<string, string>> = {},
): Promise<Ending> {
	return new Promise((resolve) => {
		execFile(program, args, { cwd, env: { ...ENV, ...env }, timeout: 120_000, maxBuffer: 2 ** 26 }, (error, out, err) =>
			resolve({ status: error === null ? 0 : (error.code ?? String(error.signal)), out, err }),
		);
	});
}
