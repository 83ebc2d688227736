import { fromByteString, toByteString } from '../../bytes/byte-string.ts';
import type { EmscriptenFs } from '../abi/emscripten.ts';
import { type HostFiles, NotOnHost } from '../files/host-files.ts';
import type { ChildDescriptor } from './process-port.ts';

type OpenStream = { fd: number; nfd?: number; node: { rdev?: number }; stream_ops: unknown };

/** The parts of the glue's file system that programs need. */
export type DescriptorsFs = Pick<EmscriptenFs, 'open'> & {
	streams: (OpenStream | null | undefined)[];
	cwd(): string;
	close(stream: OpenStream): void;
};

/** makedev(1, 3) */
const NULL_DEVICE = (1 << 8) | 3;
const O_RDONLY = 0;
const O_DIRECTORY = 0o200000;

/** The host's path of a folder that PHP sees; undefined = it is not on the host. */
export function hostFolder(files: HostFiles | undefined, path: string): string | undefined {
	try {
		const folder = files?.open(toByteString(path), O_RDONLY | O_DIRECTORY, 0);
		if (folder !== undefined) files?.close(folder.fd);
		return folder?.hostPath;
	} catch (error) {
		if (error instanceof NotOnHost || isRefusal(error)) return undefined;
		throw error;
	}
}

/** Opens a file that PHP sees, on the host or in the instance's memory. Throws what files and the glue throw. */
export function openForProgram(
	files: HostFiles | undefined,
	fs: DescriptorsFs,
	path: string,
	flags: number,
): { descriptor: ChildDescriptor | undefined; close(): void } {
	let inMemory = path;
	try {
		const file = files?.open(toByteString(path), flags, 0o666);
		if (file !== undefined) {
			return { descriptor: { kind: 'file', descriptor: file.fd }, close: () => files?.close(file.fd) };
		}
	} catch (error) {
		if (!(error instanceof NotOnHost)) throw error;
		inMemory = fromByteString(error.path);
	}
	const stream = fs.open(inMemory, flags, 0o666) as OpenStream;
	return { descriptor: hostDescriptor(fs, stream.fd), close: () => fs.close(stream) };
}

function isRefusal(error: unknown): boolean {
	return typeof (error as { code?: unknown }).code === 'string';
}

/** What a program gets for an open descriptor of PHP; undefined = something that cannot be handed over. */
export function hostDescriptor(fs: DescriptorsFs, fd: number): ChildDescriptor | undefined {
	const stream = fs.streams[fd];
	if (stream === undefined || stream === null) return undefined;
	if (stream.nfd !== undefined) return { kind: 'file', descriptor: stream.nfd };
	if (stream.node.rdev === NULL_DEVICE) return { kind: 'null' };
	if (stream.node === fs.streams[0]?.node) return { kind: 'input' };
	const own = [1, 2].find((number) => stream.node === fs.streams[number]?.node);
	return own === undefined ? undefined : { kind: 'output', stream: own };
}
