import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Logger } from '../log/logger.ts';
import { reserve } from '../platform/node/files/reserved.ts';
import { FileError } from './config-file.ts';

/** Where the configuration that was loaded last is kept, as Caddy's JSON: in the user's configuration folder. */
export function savedConfigFile(): string {
	const folder = process.env.XDG_CONFIG_HOME || join(homedir(), '.config');
	return join(folder, 'igor', 'autosave.json');
}

/** Whether there is one to go on with. PHP must not change what the next start trusts. @throws FileError */
export function hasSavedConfig(): boolean {
	const file = savedConfigFile();
	reserve(file);
	try {
		readFileSync(file);
		return true;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
		throw new FileError(`${file} cannot be read, which --resume goes on with; make it readable, or start without.`);
	}
}

/** Keeps a configuration, for `run --resume`; a failure is logged. It may have secrets: nobody else may read it. */
export function saveConfig(config: unknown, log: Logger): void {
	const file = savedConfigFile();
	const part = `${file}.${process.pid}`;
	try {
		mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
		// Never half of it, and never two at once.
		writeFileSync(part, `${JSON.stringify(config)}\n`, { mode: 0o600 });
		renameSync(part, file);
		log.debug('The configuration has been saved, for run --resume', { file });
	} catch (error) {
		rmSync(part, { force: true });
		log.warn(`The configuration could not be saved for run --resume: ${(error as Error).message}`, { file });
	}
}
