import {
	accessSync,
	chmodSync,
	chownSync,
	closeSync,
	constants,
	fchownSync,
	fstatSync,
	futimesSync,
	lchownSync,
	linkSync,
	lstatSync,
	lutimesSync,
	mkdirSync,
	openSync,
	readdirSync,
	readlinkSync,
	realpathSync,
	renameSync,
	rmdirSync,
	type Stats,
	statfsSync,
	statSync,
	symlinkSync,
	unlinkSync,
	utimesSync,
} from 'node:fs';
import type { HostFiles, HostStat, MemoryPaths, OpenedFile } from '../../../php-thread/files/host-files.ts';
import { type PathArgument, pathArgument } from './byte-paths.ts';
import { at, type Folder, HAS_DESCRIPTORS, O_NOFOLLOW, O_PATH } from './folder.ts';
import { refusal } from './host-error.ts';
import { showInnerMounts } from './inner-mounts.ts';
import { followsLink, openIn, wantsToCreate, wantsToWrite } from './open-file.ts';
import { type GuardedFolders, guardNow, holdsGuarded, isGuarded } from './read-only-folders.ts';
import { holdsReserved, isReserved, type Reserved } from './reserved.ts';
import { LINK, type Mount, Resolver } from './resolver.ts';
import type { Territory } from './root-folder.ts';
import { socketToBind, socketToConnect } from './socket-paths.ts';

const NO_THROW = { throwIfNoEntry: false } as const;
// Of dirent.h.
const DT_UNKNOWN = 0;
const DT_DIR = 4;
const DT_REG = 8;
const DT_LNK = 10;
const DOTS = /(?:^|\/)(\.\.?)\/*$/;

/** What a thread's view of the host is made of. */
export interface HostFilesOptions {
	readonly mounts: readonly Mount[];
	readonly memory: MemoryPaths;
	/** Real paths of where any PHP of this server can write. */
	readonly territory: Territory;
	/** What PHP sees and must not change. */
	readonly reserved?: Reserved;
	/** Which folders are read-only. */
	readonly guarded?: GuardedFolders;
	readonly serverUmask: number;
}

/** The border, made of Node's file functions. See `HostFiles`. */
export class NodeHostFiles implements HostFiles {
	readonly visible: readonly string[];
	readonly serverUmask: number;
	umask: number;
	readonly #resolver: Resolver;
	readonly #byDescriptors: boolean;
	readonly #reserved: Reserved;
	#guarded: GuardedFolders;

	constructor(
		{ mounts, memory, territory, reserved = [], guarded = [], serverUmask }: HostFilesOptions,
		byDescriptors = HAS_DESCRIPTORS,
	) {
		this.visible = mounts.map(({ visible }) => visible);
		this.serverUmask = serverUmask;
		this.umask = serverUmask;
		this.#byDescriptors = byDescriptors;
		this.#reserved = reserved;
		this.#guarded = guarded;
		this.#resolver = new Resolver(mounts, { memory, territory: () => territory, byDescriptors });
		showInnerMounts(mounts);
	}

	/** Closes the folders that are kept open. */
	closeAll(): void {
		this.#resolver.close();
	}

	open(path: string, flags: number, mode: number): OpenedFile {
		return this.#resolver.within(path, followsLink(flags), (folder, name, mustBeFolder, place) => {
			if (mustBeFolder && wantsToCreate(flags)) throw refusal('EISDIR');
			if (wantsToWrite(flags)) this.#refuseToChange(folder, name, place.mount, wantsToCreate(flags));
			const opened = openIn(folder, name, mustBeFolder ? flags | 0o200000 : flags, mode, this);
			if (opened === LINK) return LINK;
			const { fd, stat } = opened;
			const shown = name === '.' ? place.folder || '/' : `${place.folder}/${name}`;
			const hostPath = place.mount.host + shown.slice(place.mount.visible.length);
			const readOnly = place.mount.readOnly === true;
			return { fd, mode: stat.mode, identity: identityOf(stat), path: shown, hostPath, readOnly };
		});
	}

	close(fd: number): void {
		closeSync(fd);
	}

	stat(path: string, follow: boolean): HostStat | undefined {
		return this.#resolver.within(path, follow, (folder, name, mustBeFolder) => {
			const stat = lstatSync(at(folder, name), NO_THROW);
			if (stat === undefined) return undefined;
			const isLink = stat.isSymbolicLink();
			if (isLink && (follow || mustBeFolder)) return LINK;
			if (mustBeFolder && !stat.isDirectory()) throw refusal('ENOTDIR');
			return stat;
		});
	}

	statOpen(fd: number): HostStat {
		return fstatSync(fd);
	}

	access(path: string, mode: number): void {
		if (mode === 0) {
			if (this.stat(path, true) === undefined) throw refusal('ENOENT');
		} else this.#onNode(path, (node) => accessSync(node, mode), (mode & constants.W_OK) !== 0);
	}

	folder(path: string): string {
		return this.#resolver.within(path, true, (folder, name, _mustBeFolder, place) =>
			onNode(folder, name, (node, stat) => {
				if (!stat.isDirectory()) throw refusal('ENOTDIR');
				accessSync(node, constants.X_OK);
				return name === '.' ? place.folder || '/' : `${place.folder}/${name}`;
			}),
		);
	}

	list({ fd, hostPath }: OpenedFile): { names: string[]; kinds: number[] } {
		const names: string[] = [];
		const kinds: number[] = [];
		const folder = this.#byDescriptors ? `/proc/self/fd/${fd}` : hostPath;
		if (!this.#byDescriptors) verifyFolder(fd, hostPath);
		for (const entry of readdirSync(folder, { withFileTypes: true, encoding: 'latin1' as 'utf8' })) {
			names.push(entry.name);
			kinds.push(entry.isFile() ? DT_REG : entry.isDirectory() ? DT_DIR : entry.isSymbolicLink() ? DT_LNK : DT_UNKNOWN);
		}
		if (!this.#byDescriptors) verifyFolder(fd, hostPath);
		return { names, kinds };
	}

	readlink(path: string): string {
		return this.#resolver.within(path, false, (folder, name, mustBeFolder) => {
			if (name === '.' || mustBeFolder) throw refusal('EINVAL');
			return readlinkSync(at(folder, name), 'latin1');
		});
	}

	space(path: string): ReturnType<HostFiles['space']> {
		return this.#onNode(path, (node) => statfsSync(node), false);
	}

	mkdir(path: string, mode: number): void {
		const wanted = mode & 0o1777 & ~this.umask;
		this.#entry(path, 'EEXIST', (node, folder, name) => {
			mkdirSync(node, wanted);
			if ((wanted & this.serverUmask) !== 0) onNode(folder, name, (made) => chmodSync(made, wanted));
		});
	}

	rmdir(path: string): void {
		const dots = DOTS.exec(path)?.[1];
		if (dots !== undefined) throw refusal(dots === '.' ? 'EINVAL' : 'ENOTEMPTY');
		this.#entry(path, 'EBUSY', (node, folder, name) => {
			this.#refuseToMove(folder, name);
			rmdirSync(node);
		});
	}

	unlink(path: string): void {
		if (DOTS.test(path)) throw refusal('EISDIR');
		this.#entry(path, 'EISDIR', (node, _folder, _name, mustBeFolder) => {
			if (mustBeFolder) throw refusal(lstatSync(node).isDirectory() ? 'EISDIR' : 'ENOTDIR');
			unlinkSync(node);
		});
	}

	rename(from: string, to: string): void {
		if (DOTS.test(from) || DOTS.test(to)) throw refusal('EBUSY');
		this.#entry(from, 'EBUSY', (source, folder, name, isFolder) =>
			this.#entry(to, 'EBUSY', (target, toFolder, toName, wantsFolder) => {
				this.#refuseToMove(folder, name);
				this.#refuseToMove(toFolder, toName);
				if ((isFolder || wantsFolder) && lstatSync(source).isDirectory() === false) throw refusal('ENOTDIR');
				renameSync(source, target);
			}),
		);
	}

	symlink(target: string, path: string): void {
		this.#entry(path, 'EEXIST', (node, _folder, _name, mustBeFolder) => {
			if (mustBeFolder) throw refusal(lstatSync(node, NO_THROW) === undefined ? 'ENOENT' : 'EEXIST');
			symlinkSync(pathArgument(target), node);
		});
	}

	link(from: string, to: string): void {
		this.#entry(from, 'EPERM', (source, _folder, _name, isFolder) =>
			this.#entry(to, 'EEXIST', (target, _to, _toName, wantsFolder) => {
				if (isFolder && !lstatSync(source).isDirectory()) throw refusal('ENOTDIR');
				if (wantsFolder) throw refusal(lstatSync(target, NO_THROW) === undefined ? 'ENOENT' : 'EEXIST');
				linkSync(source, target);
			}),
		);
	}

	chmod(path: string, mode: number): void {
		this.#onNode(path, (node) => chmodSync(node, mode & 0o7777));
	}

	chown(path: string, user: number, group: number, follow: boolean): void {
		if (follow) this.#onNode(path, (node) => chownSync(node, user, group));
		else this.#entry(path, 'EBUSY', (node) => lchownSync(node, user, group));
	}

	refuseToChangeOpen({ fd, hostPath, readOnly }: OpenedFile): void {
		if (readOnly) throw refusal('EROFS');
		if (this.#reserved.length + this.#guarded.length === 0) return;
		this.#refuseToChangeReal(this.#byDescriptors ? readlinkSync(`/proc/self/fd/${fd}`, 'latin1') : hostPath);
	}

	chownOpen(fd: number, user: number, group: number): void {
		fchownSync(fd, user, group);
	}

	utimes(path: string, accessed: number | undefined, modified: number | undefined, follow: boolean): void {
		const set = (node: PathArgument, change: typeof utimesSync, look: (node: PathArgument) => Stats): void => {
			const now = accessed === undefined || modified === undefined ? look(node) : undefined;
			change(node, accessed ?? (now as Stats).atimeMs / 1000, modified ?? (now as Stats).mtimeMs / 1000);
		};
		if (follow) this.#onNode(path, (node, stat) => set(node, utimesSync, () => stat));
		else this.#entry(path, 'EBUSY', (node) => set(node, lutimesSync, (path) => lstatSync(path)));
	}

	utimesOpen(fd: number, accessed: number | undefined, modified: number | undefined): void {
		const now = fstatSync(fd);
		futimesSync(fd, accessed ?? now.atimeMs / 1000, modified ?? now.mtimeMs / 1000);
	}

	socketToConnect(path: string): ReturnType<HostFiles['socketToConnect']> {
		return this.#resolver.within(path, true, socketToConnect);
	}

	socketToBind(path: string): ReturnType<HostFiles['socketToBind']> {
		return this.#resolver.within(path, false, (folder, name, _mustBeFolder, { mount }) => {
			this.#refuseToChange(folder, name, mount, true);
			return socketToBind(folder, name, this);
		});
	}

	/** @param asEntry the name itself may come, go, or mean something else: that changes the folder that it is in */
	#refuseToChange(folder: Folder, name: string, mount: Mount, asEntry = false): void {
		if (mount.readOnly === true) throw refusal('EROFS');
		if (this.#reserved.length + this.#guarded.length === 0) return;
		this.#refuseToChangeReal(realPath(folder, name));
		if (asEntry && isGuarded(realPath(folder, '.'), this.#guarded)) throw refusal('EROFS');
	}

	#refuseToChangeReal(real: string): void {
		this.#guarded = guardNow(this.#guarded, realNow);
		if (isReserved(real, this.#reserved) || isGuarded(real, this.#guarded)) throw refusal('EROFS');
	}

	/** What is reserved must not get another path, nor anything else its path. */
	#refuseToMove(folder: Folder, name: string): void {
		if (this.#reserved.length + this.#guarded.length === 0) return;
		const real = realPath(folder, name);
		if (holdsReserved(real, this.#reserved) || holdsGuarded(real, this.#guarded)) throw refusal('EBUSY');
	}

	/** Changes an entry of a folder; a link is the entry. @param whole the error when the path is a mount's */
	#entry<T>(
		path: string,
		whole: string,
		action: (node: PathArgument, folder: Folder, name: string, mustBeFolder: boolean) => T,
	): T {
		return this.#resolver.within(path, false, (folder, name, mustBeFolder, { mount }) => {
			if (name === '.') throw refusal(whole);
			this.#refuseToChange(folder, name, mount, true);
			return action(at(folder, name), folder, name, mustBeFolder);
		}) as T;
	}

	/** Does something to what a path leads to, be it a folder or a file, without opening it. */
	#onNode<T>(path: string, action: (node: PathArgument, stat: Stats) => T, changes = true): T {
		return this.#resolver.within(path, true, (folder, name, mustBeFolder, { mount }) =>
			onNode(folder, name, (node, stat) => {
				if (changes) this.#refuseToChange(folder, name, mount);
				if (mustBeFolder && !stat.isDirectory()) throw refusal('ENOTDIR');
				return action(node, stat);
			}),
		);
	}
}

/** By a descriptor that stands for it; on hosts without such, by its path. */
function onNode<T>(folder: Folder, name: string, action: (node: PathArgument, stat: Stats) => T): T | typeof LINK {
	if (folder.fd === undefined) {
		const stat = lstatSync(at(folder, name));
		return stat.isSymbolicLink() ? LINK : action(at(folder, name), stat);
	}
	const fd = openSync(at(folder, name), O_PATH | O_NOFOLLOW);
	try {
		const stat = fstatSync(fd);
		return stat.isSymbolicLink() ? LINK : action(`/proc/self/fd/${fd}`, stat);
	} finally {
		closeSync(fd);
	}
}

/** As the operating system has it now: a folder may have been moved since it was opened. */
function realPath(folder: Folder, name: string): string {
	const path =
		folder.fd === undefined ? folder.prefix.slice(0, -1) : readlinkSync(`/proc/self/fd/${folder.fd}`, 'latin1');
	if (name === '.') return path;
	return path === '/' ? `/${name}` : `${path}/${name}`;
}

/** Where a path leads now. */
function realNow(path: string): string | undefined {
	try {
		return realpathSync.native(pathArgument(path), 'latin1');
	} catch {
		return undefined;
	}
}

/** Where folders are paths: whether the path still leads to the open one. */
function verifyFolder(fd: number, path: string): void {
	const open = fstatSync(fd);
	const now = statSync(pathArgument(path));
	if (now.ino !== open.ino || now.dev !== open.dev) throw refusal('EACCES');
}

/** The same number for every name of a file. */
function identityOf({ dev, ino }: Stats): number {
	const high = (Math.imul(dev ^ Math.floor(ino / 2 ** 32), 0x9e3779b1) >>> 12) * 2 ** 32;
	return high + (ino % 2 ** 32);
}
