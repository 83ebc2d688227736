import { type MemoryPaths, NotOnHost } from '../../../php-thread/files/host-files.ts';
import { type Moment, theMoment } from './disk-moment.ts';
import { closeFolder, confirm, type Folder, HAS_DESCRIPTORS, isCurrent, openFolder } from './folder.ts';
import { codeOf, refusal } from './host-error.ts';
import { linkTarget, openRoot, split, type Territory } from './root-folder.ts';

/** As many symbolic links as Linux follows. */
const MOST_LINKS = 40;
const LONGEST_PATH = 4095;
/** Folders that stay open, for each resolver. A server has one per thread, and perhaps only 1,024 descriptors. */
const MOST_OPEN = 128;

/** A folder of the host, and where it is visible; byte strings, absolute, without a final '/'. */
export interface Mount {
	readonly host: string;
	readonly visible: string;
	/** PHP changes nothing there. */
	readonly readOnly?: boolean | undefined;
}

/** What `within` is to do at the end of a path: `name` lies in `folder`; '.' is the folder itself. */
export type Use<T> = (folder: Folder, name: string, mustBeFolder: boolean, found: FoundIn) => T | typeof LINK;

/** What a resolver works with. */
export interface ResolverOptions {
	/** The rest of what PHP sees; missing = links that leave the mounts lead nowhere. */
	readonly memory?: MemoryPaths;
	/** Where PHP can write. */
	readonly territory?: () => Territory;
	/** Whether links are followed at all. */
	readonly links?: boolean;
	/** How many folders stay open. */
	readonly mostOpen?: number;
	readonly byDescriptors?: boolean;
}

/** What a `Use` returns for a link, so that it is followed. */
export const LINK = Symbol('link');

/** Where PHP sees what is used: its folder's real path. */
export interface FoundIn {
	readonly folder: string;
	readonly mount: Mount;
}

/** The name is a link. */
type Link = { readonly at: number; readonly target: string };
type Entry = FoundIn & { readonly open: Folder; recent: boolean; seen: Moment | undefined };

/** '//', '/./' or '/../', also at the end. */
const WANTS_WORK = /\/\.{0,2}(?:\/|$)/;

/**
 * Resolves paths beneath visible folders, each time anew. Folders are opened by their names in their parents, never
 * through a link: links are read as text and resolved here, as PHP sees them. Folders stay open for the next path, as long
 * as they are what their paths name.
 */
export class Resolver {
	readonly #mounts: readonly Mount[];
	readonly #points: ReadonlyMap<string, Mount>;
	readonly #territory: () => Territory;
	/** Real paths of the mounts, as they were found. */
	readonly #reals = new Set<string>();
	readonly #memory: MemoryPaths | undefined;
	readonly #links: boolean;
	readonly #mostOpen: number;
	readonly #byDescriptors: boolean;
	/** By the path that PHP sees. */
	readonly #open = new Map<string, Entry>();
	/** To be closed when nobody uses them. */
	readonly #dropped: Folder[] = [];
	#depth = 0;

	constructor(mounts: readonly Mount[], options: ResolverOptions = {}) {
		// The innermost first.
		this.#mounts = mounts.toSorted((a, b) => b.visible.length - a.visible.length);
		this.#points = new Map(mounts.map((mount) => [mount.visible, mount]));
		this.#memory = options.memory;
		this.#territory = options.territory ?? (() => []);
		this.#links = options.links ?? true;
		this.#mostOpen = options.mostOpen ?? MOST_OPEN;
		this.#byDescriptors = options.byDescriptors ?? HAS_DESCRIPTORS;
	}

	/** @param path absolute @param follow a link at the end */
	within<T>(path: string, follow: boolean, use: Use<T>): T {
		if (path.length > LONGEST_PATH) throw refusal('ENAMETOOLONG');
		this.#depth++;
		try {
			return this.#within(path, follow, use);
		} catch (error) {
			const code = codeOf(error);
			if (this.#depth > 1 || this.#open.size === 0 || (code !== 'EMFILE' && code !== 'ENFILE')) throw error;
			this.#dropAll();
			this.#closeDropped();
			return this.#within(path, follow, use);
		} finally {
			if (--this.#depth === 0 && this.#dropped.length > 0) this.#closeDropped();
		}
	}

	/**
	 * What `within` does, when nothing but the last name has to be looked at: its folder is open.
	 * @returns undefined when it is not, or when the name is a link
	 */
	atOnce<T>(path: string, use: Use<T>): T | undefined {
		if (path.length > LONGEST_PATH || WANTS_WORK.test(path) || this.#points.has(path)) return undefined;
		const slash = path.lastIndexOf('/');
		const folder = this.#current(path.slice(0, slash));
		if (folder === undefined) return undefined;
		const result = this.#use(folder, path.slice(slash + 1), false, use);
		return result === LINK ? undefined : result;
	}

	/** Closes everything. */
	close(): void {
		this.#dropAll();
		this.#closeDropped();
	}

	#within<T>(path: string, follow: boolean, use: Use<T>): T {
		if (!WANTS_WORK.test(path) && !this.#points.has(path)) {
			const slash = path.lastIndexOf('/');
			const folder = this.#current(path.slice(0, slash));
			if (folder !== undefined) {
				const result = this.#use(folder, path.slice(slash + 1), false, use);
				if (result !== LINK) return result;
				if (!follow) throw refusal('ELOOP');
			}
		}
		return this.#walk(path, follow, use);
	}

	#walk<T>(path: string, follow: boolean, use: Use<T>): T {
		let parts = split(path);
		let mustBeFolder = /\/\.{0,2}$/.test(path);
		for (let links = 0; ; ) {
			const up = parts.indexOf('..');
			if (up === 0) {
				parts.shift();
				continue;
			}
			// What stands before a '..' must be a folder, whatever follows.
			const names = up < 0 ? parts : parts.slice(0, up);
			const after = up < 0 ? [] : parts.slice(up);
			const mount = this.#mountOf(names);
			const link =
				mount === undefined
					? this.#linkInMemory(names, parts, follow || mustBeFolder, mustBeFolder)
					: this.#openUpTo(mount, names, up < 0 ? names.length - 1 : names.length);
			if (typeof link === 'object' && 'target' in link) {
				if (!this.#links) throw refusal('ELOOP');
				parts = follows(names, link, after);
			} else if (up >= 0) {
				parts = [...names.slice(0, -1), ...after.slice(1)];
				continue;
			} else {
				const entry = link as Entry;
				const isPoint = mount !== undefined && names.length === depthOf(mount);
				const name = isPoint ? '.' : (names.at(-1) as string);
				const result = this.#use(entry, name, mustBeFolder, use);
				if (result !== LINK) return result;
				if (!this.#links || (!follow && !mustBeFolder)) throw refusal('ELOOP');
				const target = linkTarget(entry.open, name);
				if (target !== undefined) {
					mustBeFolder ||= target.endsWith('/');
					parts = follows(names, { at: names.length - 1, target }, []);
				}
			}
			if (++links > MOST_LINKS) throw refusal('ELOOP');
		}
	}

	/** Opens the folders of the first `count` names, which lie in a mount, or finds a link among them. */
	#openUpTo(mount: Mount, names: readonly string[], count: number): Entry | Link {
		const depth = depthOf(mount);
		let known = Math.max(depth, count);
		let entry: Entry | undefined;
		for (; known > depth; known--) {
			entry = this.#current(pathOf(names, known));
			if (entry !== undefined) break;
		}
		entry ??= this.#current(mount.visible) ?? this.#openRoot(mount);
		for (; known < count; known++) {
			const name = names[known] as string;
			const visible = pathOf(names, known + 1);
			const open = openFolder(entry.open, name, mount.host + visible.slice(mount.visible.length));
			if (open === undefined) {
				const target = linkTarget(entry.open, name);
				if (target === undefined) throw refusal('ENOTDIR');
				return { at: known, target };
			}
			entry = this.#keep(visible, mount, open);
		}
		return entry;
	}

	#openRoot(mount: Mount): Entry {
		const { folder, real } = openRoot(mount.host, [...this.#territory(), ...this.#reals], this.#byDescriptors);
		if (this.#reals.size < MOST_OPEN) this.#reals.add(real);
		return this.#keep(mount.visible, mount, folder);
	}

	/** A link among names that lie in the instance's memory; throws NotOnHost when there is none. */
	#linkInMemory(
		names: readonly string[],
		parts: readonly string[],
		follow: boolean,
		mustBeFolder: boolean,
	): Link | undefined {
		for (let count = 1; count <= names.length; count++) {
			const target = count < parts.length || follow ? this.#memory?.readlink(pathOf(names, count)) : undefined;
			if (target !== undefined) return { at: count - 1, target };
		}
		if (names.length < parts.length && this.#memory?.exists(pathOf(names, names.length)) === true) return undefined;
		throw new NotOnHost(`/${parts.join('/')}${mustBeFolder && parts.length > 0 ? '/' : ''}`);
	}

	#use<T>(entry: Entry, name: string, mustBeFolder: boolean, use: Use<T>): T | typeof LINK {
		const result = use(entry.open, name, mustBeFolder, entry);
		confirm(entry.open);
		return result;
	}

	#mountOf(names: readonly string[]): Mount | undefined {
		const path = `/${names.join('/')}`;
		return this.#mounts.find(({ visible }) => path === visible || path.startsWith(`${visible}/`));
	}

	#current(visible: string): Entry | undefined {
		const entry = this.#open.get(visible);
		if (entry === undefined) return undefined;
		const moment = theMoment();
		if ((moment !== undefined && entry.seen === moment) || isCurrent(entry.open)) {
			entry.seen = moment;
			entry.recent = true;
			return entry;
		}
		this.#open.delete(visible);
		this.#dropped.push(entry.open);
		return undefined;
	}

	#keep(folder: string, mount: Mount, open: Folder): Entry {
		const entry: Entry = { folder, mount, open, recent: false, seen: theMoment() };
		const old = this.#open.get(folder);
		if (old !== undefined) this.#dropped.push(old.open);
		this.#open.delete(folder);
		this.#open.set(folder, entry);
		// The oldest one goes, unless it has been used since its last check.
		for (const [path, oldest] of this.#open) {
			if (this.#open.size <= this.#mostOpen) break;
			this.#open.delete(path);
			if (oldest.recent && oldest !== entry) {
				oldest.recent = false;
				this.#open.set(path, oldest);
			} else this.#dropped.push(oldest.open);
		}
		return entry;
	}

	#dropAll(): void {
		for (const { open } of this.#open.values()) this.#dropped.push(open);
		this.#open.clear();
	}

	#closeDropped(): void {
		for (const folder of this.#dropped.splice(0)) closeFolder(folder);
	}
}

/** How many names lead to it. */
function depthOf({ visible }: Mount): number {
	return visible === '' ? 0 : visible.split('/').length - 1;
}

function pathOf(names: readonly string[], count: number): string {
	return count === 0 ? '' : `/${names.slice(0, count).join('/')}`;
}

/** A path in which the name at `at` is a link to `target`. */
function follows(names: readonly string[], { at, target }: Link, after: readonly string[]): string[] {
	const from = target.startsWith('/') ? [] : names.slice(0, at);
	return [...from, ...split(target), ...names.slice(at + 1), ...after];
}
