import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { cachedDataVersionTag } from 'node:v8';
import { constants, Script } from 'node:vm';

/** So many forms of one script are kept: of other releases, of other flags of the engine. */
const MOST_FORMS = 8;
/** Of SHA-256; a file begins with that of the rest. */
const DIGEST_BYTES = 32;

/** What a module of CommonJS is called with. */
type Body = (
	exports: object,
	require: NodeJS.Require,
	module: { exports: object },
	filename: string,
	dirname: string,
) => void;

/**
 * A CommonJS file that is kept compiled, with all functions that have run when it is saved. Node's own cache keeps what is
 * compiled before a module runs, which is a small part of it.
 */
export class CachedScript<Exports> {
	readonly exports: Exports;
	readonly #script: Script;
	/** Where it is to be saved; undefined = it is there, or is not to be. */
	readonly #unsaved: string | undefined;

	/** @param folder from `codeCacheFolder()`; undefined = it is compiled each time */
	constructor(file: string, folder: string | undefined) {
		// One line, so that errors name the right ones.
		const source = `(function (exports, require, module, __filename, __dirname) {${readFileSync(file, 'utf8')}\n})`;
		const saved = folder && path.join(folder, nameOf(file, source));
		const cachedData = saved === undefined ? undefined : read(saved);
		const importModuleDynamically = constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;
		this.#script = new Script(source, { filename: file, cachedData, importModuleDynamically });
		this.#unsaved = cachedData !== undefined && this.#script.cachedDataRejected !== true ? undefined : saved;
		const module = { exports: {} };
		const body = this.#script.runInThisContext() as Body;
		body(module.exports, createRequire(file), module, file, path.dirname(file));
		this.exports = module.exports as Exports;
	}

	/** Keeps what is compiled by now for later threads and processes, unless it was kept already. */
	save(): void {
		const file = this.#unsaved;
		if (file === undefined) return;
		const draft = `${file}.${process.pid}-${performance.now()}`;
		try {
			const compiled = this.#script.createCachedData();
			writeFileSync(draft, Buffer.concat([digest(compiled), compiled]), { mode: 0o600, flag: 'wx' });
			renameSync(draft, file);
			forgetOldest(file);
		} catch {
			// No room, or the folder is gone: the next start takes longer, and that is all.
			rmSync(draft, { force: true });
		}
	}
}

/** The engine compares no more than the length of the source: its content is in the name. */
function nameOf(file: string, source: string): string {
	const hash = digest(Buffer.from(source)).toString('hex').slice(0, 16);
	return `${path.basename(file, '.js')}-${hash}-${cachedDataVersionTag()}`;
}

/** The engine trusts what it gets: a file that a crash of the machine has damaged would crash the process, too. */
function read(file: string): Buffer | undefined {
	try {
		const content = readFileSync(file);
		const compiled = content.subarray(DIGEST_BYTES);
		return digest(compiled).equals(content.subarray(0, DIGEST_BYTES)) ? compiled : undefined;
	} catch {
		return undefined;
	}
}

function digest(bytes: Uint8Array): Buffer {
	return createHash('sha256').update(bytes).digest();
}

function forgetOldest(file: string): void {
	const folder = path.dirname(file);
	const script = path.basename(file).split('-').slice(0, -2).join('-');
	const forms = readdirSync(folder)
		.filter((name) => name.startsWith(`${script}-`))
		.map((name) => path.join(folder, name))
		.map((form) => ({ form, age: statSync(form, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
		.sort((one, other) => other.age - one.age);
	for (const { form } of forms.slice(MOST_FORMS)) rmSync(form, { force: true });
}
