import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

/** Puts compressed copies beside each file of a folder, for hosts that can send them. `gzip`: its level; missing = no .gz. */
export function compress(folder, { brotli = constants.BROTLI_MAX_QUALITY, gzip } = {}) {
	for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
		const file = join(entry.parentPath, entry.name);
		if (!entry.isFile() || /\.(br|gz)$/.test(file)) continue;
		const content = readFileSync(file);
		const params = {
			[constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
			[constants.BROTLI_PARAM_QUALITY]: brotli,
			[constants.BROTLI_PARAM_SIZE_HINT]: content.length,
		};
		writeFileSync(`${file}.br`, brotliCompressSync(content, { params }));
		if (gzip !== undefined) writeFileSync(`${file}.gz`, gzipSync(content, { level: gzip }));
	}
}
