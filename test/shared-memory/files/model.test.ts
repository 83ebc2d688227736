import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FileStore } from '../../../src/shared-memory/files/file-store.ts';
import { createFilesBuffer } from '../../../src/shared-memory/files/layout.ts';
import { checkInvariants, snapshot } from './support/invariants.ts';
import { Model, type ModelNode } from './support/model.ts';

const folder = fc.constantFrom('', 'a', 'b');
const name = fc.constantFrom('a', 'b', 'c', `${'long'.repeat(20)}`);
const content = fc
	.tuple(fc.nat({ max: 3000 }), fc.nat({ max: 255 }))
	.map(([length, seed]) => Array.from({ length }, (_, i) => (seed + i) & 255));
const size = fc.nat({ max: 4000 });
const place = { folder, name };

/** What happens to files with names. */
const named = fc.oneof(
	fc.record({ op: fc.constant('create' as const), ...place, mode: fc.constantFrom(0o100644, 0o100600, 0o040755) }),
	fc.record({ op: fc.constant('replace' as const), ...place, content }),
	fc.record({ op: fc.constant('unlink' as const), ...place }),
	fc.record({ op: fc.constant('rmdir' as const), ...place }),
	fc.record({ op: fc.constant('rename' as const), ...place, toFolder: folder, toName: name }),
	fc.record({ op: fc.constant('open' as const), ...place }),
);
/** What happens to one of the open ones. */
const opened = fc.oneof(
	fc.record({ op: fc.constant('write' as const), which: fc.nat(), content, position: size }),
	fc.record({ op: fc.constant('append' as const), which: fc.nat(), content }),
	fc.record({ op: fc.constant('truncate' as const), which: fc.nat(), size }),
	fc.record({ op: fc.constant('read' as const), which: fc.nat(), position: size, length: size }),
	fc.record({ op: fc.constant('close' as const), which: fc.nat() }),
);

type Open = { id: number; owner: FileStore; handle: number; node: ModelNode };

/** The result of an action, or its error's code. */
function outcome(action: () => unknown): unknown {
	try {
		return action() ?? 'done';
	} catch (error) {
		const code = (error as { code?: string }).code;
		if (code === undefined) throw error;
		return code;
	}
}

test('the store does what a simple model does, whatever the order', () => {
	fc.assert(
		fc.property(fc.array(fc.oneof(named, opened), { maxLength: 60 }), (operations) => {
			const buffer = createFilesBuffer(1024 * 1024);
			const stores = [new FileStore(buffer, 1, true), new FileStore(buffer, 2, true)] as const;
			const { free } = stores[0].space();
			const model = new Model();
			const open: Open[] = [];
			for (const [turn, operation] of operations.entries()) {
				// Two threads in turn: what one remembers of a file has to stay right when the other changes it.
				const store = stores[(turn % 2) as 0 | 1];
				const at = (folderName: string): number =>
					folderName === '' ? store.root : store.lookup(store.root, folderName);
				if ('which' in operation) {
					const file = open[operation.which % open.length];
					if (file !== undefined) onOpen(store, model, open, file, operation);
					continue;
				}
				const { op, folder: inFolder, name: called } = operation;
				if (op === 'open') {
					const id = outcome(() => store.lookup(at(inFolder), called));
					if (typeof id !== 'number' || id === 0 || (store.mode(id) & 0o170000) !== 0o100000) continue;
					open.push({ id, owner: store, handle: store.open(id), node: model.file(inFolder, called) });
					continue;
				}
				const both =
					op === 'create'
						? ([
								() => void store.create(at(inFolder), called, operation.mode),
								() => model.create(inFolder, called, operation.mode),
							] as const)
						: op === 'replace'
							? ([
									() => void store.replace(at(inFolder), called, Uint8Array.from(operation.content)),
									() => model.replace(inFolder, called, operation.content),
								] as const)
							: op === 'rename'
								? ([
										() => store.rename(at(inFolder), called, at(operation.toFolder), operation.toName),
										() => model.rename(inFolder, called, operation.toFolder, operation.toName),
									] as const)
								: ([() => store[op](at(inFolder), called), () => model[op](inFolder, called)] as const);
				expect(outcome(both[0])).toBe(outcome(both[1]));
			}
			const [store] = stores;
			expect(snapshot(store)).toEqual(model.snapshot());
			for (const { id, node } of open) expect([...store.readAll(id)]).toEqual(node.content);
			checkInvariants(buffer);
			const host = new FileStore(buffer, -1, false);
			for (const owner of [1, 2]) host.releaseThread(owner, true);
			checkInvariants(buffer);
			expect(snapshot(host)).toEqual(model.snapshot());
			const pages = (node: ModelNode): number =>
				Math.ceil(node.content.length / 1024) +
				[...node.children].reduce((sum, [child, inner]) => sum + pages(inner) + (child.length > 48 ? 1 : 0), 0);
			expect(host.space().free).toBe(free - pages(model.root) * 1024);
		}),
		{ numRuns: 150 },
	);
});

function onOpen(
	store: FileStore,
	model: Model,
	open: Open[],
	file: Open,
	operation: typeof opened extends fc.Arbitrary<infer T> ? T : never,
): void {
	const { id, node, handle, owner } = file;
	switch (operation.op) {
		case 'write':
			store.write(id, Uint8Array.from(operation.content), 0, operation.content.length, operation.position);
			model.write(node, operation.content, operation.position);
			break;
		case 'append':
			expect(store.append(id, Uint8Array.from(operation.content), 0, operation.content.length)).toBe(
				node.content.length,
			);
			model.write(node, operation.content, node.content.length);
			break;
		case 'truncate':
			store.truncate(id, operation.size);
			model.truncate(node, operation.size);
			break;
		case 'read': {
			const { position, length } = operation;
			const target = new Uint8Array(length);
			const count = store.read(id, target, 0, length, position);
			expect([...target.subarray(0, count)]).toEqual(node.content.slice(position, position + length));
			break;
		}
		case 'close':
			owner.close(handle);
			open.splice(open.indexOf(file), 1);
	}
}
