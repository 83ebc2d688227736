import type { EmscriptenFs } from '../emscripten.ts';
import type { ChildDescriptor } from './process-port.ts';

type FolderNode = { mode: number; mount: { type: unknown } };
type OpenStream = { fd: number; nfd?: number; node: { rdev?: number }; stream_ops: unknown };

/** The parts of the glue's file system that lead from PHP's files to the host's. */
export type HostFilesFs = Pick<EmscriptenFs, 'isDir' | 'open'> & {
	streams: (OpenStream | null | undefined)[];
	cwd(): string;
	lookupPath(path: string, options: { follow: boolean }): { node: FolderNode };
	filesystems: { NODEFS?: { realPath(node: FolderNode): string } };
	close(stream: OpenStream): void;
};

/** makedev(1, 3) */
const NULL_DEVICE = (1 << 8) | 3;

/** The host's path of a folder that PHP sees; undefined = it is none of the host's. */
export function hostFolder(fs: HostFilesFs, path: string): string | undefined {
	const { NODEFS } = fs.filesystems;
	if (NODEFS === undefined) return undefined;
	try {
		const { node } = fs.lookupPath(path, { follow: true });
		return node.mount.type === NODEFS && fs.isDir(node.mode) ? NODEFS.realPath(node) : undefined;
	} catch (error) {
		if ((error as { errno?: number }).errno !== undefined) return undefined;
		throw error;
	}
}

/** What a program gets for an open descriptor of PHP; undefined = something that cannot be handed over. */
export function hostDescriptor(fs: HostFilesFs, fd: number): ChildDescriptor | undefined {
	const stream = fs.streams[fd];
	if (stream === undefined || stream === null) return undefined;
	if (stream.nfd !== undefined) return { kind: 'file', descriptor: stream.nfd };
	if (stream.node.rdev === NULL_DEVICE) return { kind: 'null' };
	if (stream.node === fs.streams[0]?.node) return { kind: 'input' };
	const own = [1, 2].find((number) => stream.node === fs.streams[number]?.node);
	return own === undefined ? undefined : { kind: 'output', stream: own };
}
