import { expect, test } from 'vitest';
import { ERRNO } from '../../../../src/php-thread/abi/errno.ts';
import { WasmMemory } from '../../../../src/php-thread/abi/wasm-memory.ts';
import { installFiles } from '../../../../src/php-thread/files/file-imports.ts';
import type { StreamFs } from '../../../../src/php-thread/files/file-streams.ts';
import { type HostFiles, NotOnHost } from '../../../../src/php-thread/files/host-files.ts';

const OLD = 1000;
const NEW = 2000;

/** The system calls over a host on which a name leads out of the visible folders as soon as it has been looked at. */
function calls() {
	const memory = new WasmMemory(new WebAssembly.Memory({ initial: 1 }));
	memory.writeText(OLD, 100, '/visible/old\0');
	memory.writeText(NEW, 100, '/visible/new\0');
	const out = () => {
		throw new NotOnHost('/outside');
	};
	const files = {
		umask: 0o022,
		serverUmask: 0o022,
		visible: ['/visible'],
		stat: () => undefined,
		rename: out,
		link: out,
	} as unknown as HostFiles;
	const env: Record<string, unknown> = {};
	const imports = installFiles(env, {
		files,
		memory: () => memory,
		fs: () => ({ streams: [], cwd: () => '/' }) as unknown as StreamFs,
		malloc: () => 4000,
		sealed: () => true,
		missed: () => {},
	});
	return { env: env as Record<string, (...args: number[]) => number>, imports, memory };
}

test('a rename or a link that a swapped link leads out of the visible folders is refused, and PHP lives on', () => {
	const { env, imports } = calls();
	expect(env.__syscall_renameat?.(-100, OLD, -100, NEW)).toBe(-ERRNO.ENOENT);
	expect(imports.igor_host_link(OLD, NEW)).toBe(ERRNO.ENOENT);
});

test('a path without an end is too long', () => {
	const { env, memory } = calls();
	memory.bytes.fill(120, 5000);
	expect(env.__syscall_renameat?.(-100, OLD, -100, 5000)).toBe(-ERRNO.ENAMETOOLONG);
});
