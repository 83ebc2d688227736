/**
 * The border between PHP and the folders of its host: everything that PHP does with a path goes through here, and is
 * resolved beneath the visible folders at the moment of use. Nothing about a name is remembered without being checked
 * again.
 *
 * Paths are byte strings (one code unit = one byte), absolute, as PHP sees them. Every function throws `NotOnHost` when a
 * path leads to the instance's own memory, and an error with a `code` as hosts name them (`'ENOENT'`) when the host
 * refuses. PHP thread only; nothing here waits for anything but the disk.
 */
export interface HostFiles {
	/** Where folders of the host are visible to PHP. */
	readonly visible: readonly string[];
	/** What the server's own umask is. */
	readonly serverUmask: number;
	/** The mode bits that new files and folders do not get; see umask(2). */
	umask: number;

	/** @param flags of Linux, as PHP's libc has them */
	open(path: string, flags: number, mode: number): OpenedFile;
	close(fd: number): void;
	/** Undefined = nothing is there. @param follow a link at the end */
	stat(path: string, follow: boolean): HostStat | undefined;
	statOpen(fd: number): HostStat;
	/** @param mode bits of access(2) */
	access(path: string, mode: number): void;
	/** The real path of a folder, as PHP sees it. */
	folder(path: string): string;
	/** Names and kinds (DT_* of dirent.h) in an open folder, without `.` and `..`. */
	list(folder: OpenedFile): { names: readonly string[]; kinds: readonly number[] };
	readlink(path: string): string;
	space(path: string): { bsize: number; blocks: number; bfree: number; bavail: number; files: number; ffree: number };

	mkdir(path: string, mode: number): void;
	rmdir(path: string): void;
	unlink(path: string): void;
	rename(from: string, to: string): void;
	symlink(target: string, path: string): void;
	/** A second name for the same file. */
	link(from: string, to: string): void;
	chmod(path: string, mode: number): void;
	/** @param user @param group -1 = as it is */
	chown(path: string, user: number, group: number, follow: boolean): void;
	/** Throws `EROFS` when PHP must not change it, though it is open: its permissions, owner or times. */
	refuseToChangeOpen(file: OpenedFile): void;
	chownOpen(fd: number, user: number, group: number): void;
	/** Seconds; undefined = as it is. */
	utimes(path: string, accessed: number | undefined, modified: number | undefined, follow: boolean): void;
	utimesOpen(fd: number, accessed: number | undefined, modified: number | undefined): void;

	/** Where to connect to a socket. */
	socketToConnect(path: string): SocketPath;
	/** Where to bind one. */
	socketToBind(path: string): SocketPath;
}

/** An open file of the host. */
export interface OpenedFile {
	readonly fd: number;
	/** Kind and permissions. */
	readonly mode: number;
	/** The same for every name of the same file; an integer, not negative. */
	readonly identity: number;
	/** Absolute and real, as PHP sees it; it was that when the file was opened. */
	readonly path: string;
	/** It lies in a folder in which PHP changes nothing. */
	readonly readOnly: boolean;
	/** A path of the host, for messages and for file locks. */
	readonly hostPath: string;
}

/** A path of the host that stays valid until `release`. */
export interface SocketPath {
	readonly path: string;
	/** Gives a socket that has been bound at `path` its name; throws `EADDRINUSE` when the name is taken. */
	publish?(): void;
	release(): void;
}

/** What stat(2) tells; times in milliseconds. */
export interface HostStat {
	readonly dev: number;
	readonly ino: number;
	readonly mode: number;
	readonly nlink: number;
	readonly uid: number;
	readonly gid: number;
	readonly rdev: number;
	readonly size: number;
	readonly blocks: number;
	readonly atimeMs: number;
	readonly mtimeMs: number;
	readonly ctimeMs: number;
}

/** The file system in the instance's own memory. It may have links to the host, and the host to it. */
export interface MemoryPaths {
	/** Where a link leads; undefined = there is none. */
	readlink(path: string): string | undefined;
	exists(path: string): boolean;
}

/** A path that leads into the instance's own memory: it is for the glue. */
export class NotOnHost {
	/** Absolute, links on the host resolved. */
	readonly path: string;

	constructor(path: string) {
		this.path = path;
	}
}
