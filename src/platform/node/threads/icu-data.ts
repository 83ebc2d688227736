import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { EmscriptenFs } from '../../../php-thread/abi/emscripten.ts';

/** The folder in which the extension intl looks for ICU's data, by the environment variable of this name. */
export const ICU_DATA = '/internal/icu';
/** The name that ICU 74 asks for. */
const NAME = 'icudt74l.dat';

let loading: Promise<Uint8Array> | undefined;

/**
 * ICU's data, 30 MB, in shared memory: one copy for all threads of this process. Unpacking takes 150 ms. Main thread.
 *
 * @param folder the package's, with the packed file in `dist/`
 */
export function loadIcuData(folder: string): Promise<Uint8Array> {
	loading ??= unpack(path.join(folder, 'dist', `${NAME}.br`));
	loading.catch(() => {
		loading = undefined;
	});
	return loading;
}

async function unpack(file: string): Promise<Uint8Array> {
	const { brotliDecompress } = process.getBuiltinModule('node:zlib');
	const data = await promisify(brotliDecompress)(await readFile(file));
	const shared = new Uint8Array(new SharedArrayBuffer(data.length));
	shared.set(data);
	return shared;
}

/** Puts the data where ICU looks for them. PHP thread, while PHP starts. */
export function putIcuData(fs: EmscriptenFs, data: Uint8Array): void {
	fs.mkdirTree(ICU_DATA);
	fs.writeFile(`${ICU_DATA}/${NAME}`, data, { canOwn: true });
}
