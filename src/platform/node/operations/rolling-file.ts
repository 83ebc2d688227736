import { createReadStream, createWriteStream, fstatSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { LogRolling } from '../../../directives/log/log-rolling.ts';
import { DescriptorWriter } from './descriptor-writer.ts';

/** After a file could not be put aside, bytes that come before the next try. */
const TRY_AGAIN = 1024 * 1024;

/** A log file that is put aside when it is full; lines are written at once, and never divided. Main thread only. */
export class RollingFile {
	readonly #path: string;
	#rolling: LogRolling | false;
	readonly #open: () => number;
	readonly #onLost: (lines: number) => void;
	#writer: DescriptorWriter;
	#size: number;
	#most = Number.POSITIVE_INFINITY;

	/** @param open opens the file for appending; `fd` is the first result */
	constructor(
		path: string,
		fd: number,
		open: () => number,
		rolling: LogRolling | false,
		onLost: (lines: number) => void,
	) {
		this.#path = path;
		this.#rolling = rolling;
		this.#open = open;
		this.#onLost = onLost;
		this.#writer = new DescriptorWriter(fd, onLost);
		this.#size = fstatSync(fd).size;
		this.use(rolling);
	}

	/** From now on. */
	use(rolling: LogRolling | false): void {
		this.#rolling = rolling;
		this.#most = rolling === false ? Number.POSITIVE_INFINITY : rolling.size;
	}

	write(line: string): void {
		const length = Buffer.byteLength(line);
		if (this.#rolling !== false && this.#size > 0 && this.#size + length > this.#most) this.#roll(this.#rolling);
		this.#size += length;
		this.#writer.write(line);
	}

	close(): void {
		this.#writer.close();
	}

	#roll(rolling: LogRolling): void {
		const aside = this.#freeName(rolling);
		try {
			renameSync(this.#path, aside);
			const next = new DescriptorWriter(this.#open(), this.#onLost);
			this.#writer.close();
			this.#writer = next;
			this.#size = 0;
			this.#most = rolling.size;
		} catch {
			// It goes on in the same file: no line is lost for that.
			this.#most = this.#size + TRY_AGAIN;
			return;
		}
		this.#tidy(aside, rolling).catch(() => {});
	}

	/** `access-2026-03-01T12-00-00.000-size.log`, as Caddy names them. */
	#freeName({ localTime }: LogRolling): string {
		const now = Date.now() - (localTime ? new Date().getTimezoneOffset() * 60_000 : 0);
		for (let at = now; ; at++) {
			const time = new Date(at).toISOString().slice(0, -1).replaceAll(':', '-');
			const ending = extname(this.#path);
			const name = `${this.#path.slice(0, this.#path.length - ending.length)}-${time}-size${ending}`;
			if (!exists(name) && !exists(`${name}.gz`)) return name;
		}
	}

	async #tidy(aside: string, { compress, keep, keepFor }: LogRolling): Promise<void> {
		if (compress) {
			const { mode } = statSync(aside);
			// Not over something that has this name.
			await pipeline(createReadStream(aside), createGzip(), createWriteStream(`${aside}.gz`, { flags: 'wx', mode }));
			rmSync(aside);
		}
		const folder = dirname(this.#path);
		const ending = extname(this.#path);
		const start = `${basename(this.#path, ending)}-`;
		const form = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}-size$/;
		const old = readdirSync(folder)
			.filter((name) => {
				const bare = name.replace(/\.gz$/, '');
				return (
					bare.startsWith(start) &&
					bare.endsWith(ending) &&
					form.test(bare.slice(start.length, bare.length - ending.length))
				);
			})
			.sort()
			.reverse();
		for (const [index, name] of old.entries()) {
			const path = join(folder, name);
			const tooOld = Date.now() - statSync(path).mtimeMs > keepFor;
			if (index >= keep || tooOld) rmSync(path);
		}
	}
}

function exists(path: string): boolean {
	return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
