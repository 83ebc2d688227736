import { parseVisible, type VisibleFolder, type VisibleOption } from './mounts.ts';
import type { OptionsHost } from './options.ts';
import { OptionsError } from './options-error.ts';

/** What the system shows of itself: processes with their memory and environment, devices. Real paths of the host. */
const SYSTEMS_OWN = /^\/(?:dev|proc|sys)(?:\/|$)/;
/** Where PHP has something of its own. */
const PHPS_OWN = /^\/(?:dev|internal|proc|request|tmp)?$|^\/(?:dev|internal|proc|request)\//;

/**
 * Finds the folders on the host.
 * @throws OptionsError for one that is missing, or that PHP cannot see there
 */
export function resolveVisible(options: readonly VisibleOption[], host: OptionsHost): VisibleFolder[] {
	const folders = options.map((option) => {
		const named = typeof option === 'string' ? parseVisible(option) : option;
		const path = host.resolve(named.host);
		const found = host.look(path);
		if (found?.kind !== 'directory') {
			const problem = found === undefined ? 'does not exist or cannot be read' : 'is a file';
			throw new OptionsError('bad_mount', `The folder to show ${path} ${problem}; name a folder.`);
		}
		if (found.realPath === '/')
			throw new OptionsError('bad_mount', 'PHP cannot be shown /: name the folders it needs.');
		refuseSystemsOwn(found.realPath);
		const php = named.php ?? path;
		if (!php.startsWith('/')) {
			throw new OptionsError('bad_mount', `'${php}' is no path for PHP to see ${path} at; begin it with a slash.`);
		}
		// As a POSIX path: on any host PHP has such.
		const shown = new URL(`file://${php.split('/').map(encodeURIComponent).join('/')}`).pathname;
		const clean = decodeURIComponent(shown)
			.replace(/\/{2,}/g, '/')
			.replace(/(?<=.)\/$/, '');
		if (PHPS_OWN.test(clean)) {
			throw new OptionsError('bad_mount', `PHP has its own ${clean}: choose another path to show ${path} at.`);
		}
		return { host: path, php: clean, readOnly: named.readOnly ?? false };
	});
	const twice = folders.find(({ php }, index) => folders.findIndex((other) => other.php === php) !== index);
	if (twice !== undefined) {
		throw new OptionsError('bad_mount', `Two folders are to be shown at ${twice.php}; give each its own path.`);
	}
	return folders;
}

/** @throws OptionsError for a folder with which PHP would see the host's processes or devices. @param realPath of it */
export function refuseSystemsOwn(realPath: string): void {
	if (!SYSTEMS_OWN.test(realPath)) return;
	throw new OptionsError(
		'bad_mount',
		`PHP cannot be shown ${realPath}: the system shows processes and devices there; name another folder.`,
	);
}
