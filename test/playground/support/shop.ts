import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { writeApp } from '../../program/support/igor.ts';

/** A project of a visitor: its page tells the 4 bytes of a picture, and `src/` has another file. */
const SHOP = {
	'public/index.php': strToU8('<h1>My shop</h1><?php echo filesize(__DIR__ . "/logo.png"), " bytes"; ?>'),
	'public/logo.png': Uint8Array.of(0x89, 0x50, 0, 0xff),
	'src/page.php': strToU8('<?php // nothing'),
};

/** The project in a zip, inside a folder as archives of repositories have it. */
export const SHOP_ZIP = Buffer.from(
	zipSync(Object.fromEntries(Object.entries(SHOP).map(([name, content]) => [`shop/${name}`, content]))),
);

/** The project in a folder of this machine, until `cleanUp()`. */
export function shopFolder(): string {
	const folder = join(writeApp({}), 'shop');
	for (const [name, content] of Object.entries(SHOP)) {
		mkdirSync(join(folder, name, '..'), { recursive: true });
		writeFileSync(join(folder, name), content);
	}
	return folder;
}

/** A zip on this machine, until `cleanUp()`: the project's unless told otherwise. */
export function shopZipFile(name = 'shop.zip', content: Uint8Array = SHOP_ZIP): string {
	const file = join(writeApp({}), name);
	writeFileSync(file, content);
	return file;
}
