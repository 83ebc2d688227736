import { OPENSSL_CONFIG, OPENSSL_CONFIG_FILE } from '../config/openssl-config.ts';
import type { EmscriptenModule } from './abi/emscripten.ts';

/** What Igor itself needs in PHP's file system. */
const SYSTEM_FOLDER = '/internal/shared';
/** PHP's configuration. */
export const INI_FILE = `${SYSTEM_FOLDER}/php.ini`;
const EXTENSION_FOLDER = `${SYSTEM_FOLDER}/extensions`;

/** A PHP extension as a side module. */
export type ExtensionBinary = { name: string; bytes: Uint8Array };

/** Where PHP finds an extension. */
export const extensionFile = ({ name }: ExtensionBinary): string => `${EXTENSION_FOLDER}/${name}.so`;

/** Xdebug extends the engine itself. */
const directiveOf = ({ name }: ExtensionBinary): string => (name === 'xdebug' ? 'zend_extension' : 'extension');

/** Puts the extensions, php.ini and OpenSSL's configuration into PHP's own memory. */
export function installExtensions(module: EmscriptenModule, extensions: readonly ExtensionBinary[], ini: string): void {
	module.FS.mkdirTree(EXTENSION_FOLDER);
	module.FS.mkdirTree(OPENSSL_CONFIG_FILE.replace(/\/[^/]*$/, ''));
	// As bytes: the glue would encode a text character by character, which takes milliseconds in code that is cold.
	const encoder = new TextEncoder();
	module.FS.writeFile(OPENSSL_CONFIG_FILE, encoder.encode(OPENSSL_CONFIG));
	for (const extension of extensions) module.FS.writeFile(extensionFile(extension), extension.bytes);
	const lines = extensions.map((extension) => `${directiveOf(extension)}=${extensionFile(extension)}\n`);
	module.FS.writeFile(INI_FILE, encoder.encode(`${ini}\n${lines.join('')}`));
}
