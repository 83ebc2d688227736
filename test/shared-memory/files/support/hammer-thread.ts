import { FileError } from '../../../../src/shared-memory/files/file-error.ts';
import { FileStore } from '../../../../src/shared-memory/files/file-store.ts';

type Task = { buffer: SharedArrayBuffer; owner: number };

/** Changes the shared files at random, for ever. Each file holds one byte only, so that a torn one is seen. */
export default function ({ buffer, owner }: Task, report: (state: 'running') => void): never {
	const store = new FileStore(buffer, owner, true);
	const random = (limit: number): number => Math.floor(Math.random() * limit);
	const name = (): string => (random(4) === 0 ? `${'long'.repeat(20)}${random(3)}` : `n${random(8)}`);
	const handles: number[] = [];
	const content = new Uint8Array(9000).fill(owner & 255);

	function change(): void {
		const folders = [store.root, store.lookup(store.root, 'one'), store.lookup(store.root, 'two')].filter(
			(id) => id > 0,
		);
		const [from, to] = [folders[random(folders.length)] as number, folders[random(folders.length)] as number];
		const id = store.lookup(from, name());
		switch (random(9)) {
			case 0:
				store.create(from, name(), 0o100644);
				return;
			case 1:
				store.replace(from, name(), content.subarray(0, random(9000)));
				return;
			case 2:
				store.rename(from, name(), to, name());
				return;
			case 3:
				store.rename(store.root, 'one', store.root, 'two');
				return;
			case 4:
				store.create(store.root, random(2) === 0 ? 'one' : 'two', 0o040755);
				return;
			case 5:
				store.unlink(from, name());
				return;
			case 6:
				store.rmdir(store.root, random(2) === 0 ? 'one' : 'two');
				return;
			case 7:
				if (id > 0) handles.push(store.open(id));
				if (handles.length > 20) store.close(handles.shift() as number);
				return;
			case 8:
				if (id > 0) store.truncate(id, random(store.stat(id).size + 1));
				return;
		}
	}

	for (let rounds = 0; ; rounds++) {
		try {
			change();
		} catch (error) {
			if (!(error instanceof FileError)) throw error;
		}
		if (rounds === 300) report('running');
	}
}
