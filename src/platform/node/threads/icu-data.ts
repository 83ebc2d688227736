import path from 'node:path';
import type { EmscriptenFs } from '../../../php-thread/abi/emscripten.ts';
import type { HostFolder } from '../files/host-folders.ts';

/** The folder in which the extension intl looks for ICU's data, by the environment variable of this name. */
export const ICU_DATA = '/internal/icu';
const HOST_FOLDER = '/internal/icu-host';
/** The name that ICU 74 asks for. */
const NAME = 'icudt74l.dat';

/** Where PHP sees ICU's data, 30 MB, without a copy of its own before it reads them. */
export function icuFolder(file: string): HostFolder {
	return { host: path.dirname(file), visible: HOST_FOLDER, readOnly: true };
}

/** Gives the data the name that ICU asks for. */
export function linkIcuData(fs: EmscriptenFs, file: string): void {
	fs.mkdirTree(ICU_DATA);
	fs.symlink(`${HOST_FOLDER}/${path.basename(file)}`, `${ICU_DATA}/${NAME}`);
}
