import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createBoardBuffers, SidekickBoard } from '../../src/shared-memory/sidekick-board.ts';
import { sameBytes } from '../support/same-bytes.ts';

const CELLS = 3;

/** The same board as the main thread, a sidekick and a reader see it. */
function boards(): { main: SidekickBoard; sidekick: SidekickBoard; reader: SidekickBoard } {
	const buffers = createBoardBuffers(CELLS, 10_000);
	return { main: new SidekickBoard(buffers), sidekick: new SidekickBoard(buffers), reader: new SidekickBoard(buffers) };
}

function snapshot(board: SidekickBoard, handle: number): Uint8Array | undefined {
	let bytes = new Uint8Array();
	const read = board.snapshots(handle)?.read((length) => {
		bytes = new Uint8Array(length);
		return bytes;
	});
	return read === undefined || read.version === 0 ? undefined : bytes;
}

type Cell = { published: Uint8Array | undefined; status: string; failure: string; stale: number[] };

const slot = fc.nat(CELLS - 1);
const text = fc.string({ unit: 'grapheme', maxLength: 300 });
const step = fc.oneof(
	fc.record({ slot, publish: fc.uint8Array({ maxLength: 6, max: 1 }) }),
	fc.record({ slot, status: text }),
	fc.record({ slot, forget: text }),
);

describe('SidekickBoard', () => {
	test('each cell is as it was last told; whatever was forgotten stays forgotten', () => {
		fc.assert(
			fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
				const { main, sidekick, reader } = boards();
				const model: Cell[] = Array.from({ length: CELLS }, () => ({
					published: undefined,
					status: '',
					failure: '',
					stale: [],
				}));
				for (const one of steps) {
					const cell = model[one.slot] as Cell;
					const handle = main.handle(one.slot);
					if ('publish' in one) {
						const same = cell.published !== undefined && sameBytes(cell.published, one.publish);
						const result = sidekick.publish(handle, one.publish);
						expect(result).toEqual({ first: cell.published === undefined, changed: !same });
						cell.published = one.publish;
					} else if ('status' in one) {
						main.setStatus(handle, one.status);
						cell.status = one.status;
					} else {
						main.forget(handle, one.forget);
						cell.stale.push(handle);
						cell.published = undefined;
						cell.failure = one.forget;
					}
				}
				for (const [number, cell] of model.entries()) {
					const handle = reader.handle(number);
					expect(snapshot(reader, handle)).toEqual(cell.published);
					expect(reader.version(handle) === 0).toBe(cell.published === undefined);
					expect(reader.statusText(handle)).toBe(cell.status);
					expect(reader.failureText(handle)).toBe(cell.failure);
					for (const old of cell.stale) {
						expect(reader.isCurrent(old)).toBe(false);
						expect(reader.snapshots(old)).toBeUndefined();
						expect(reader.failureText(old)).toBe(cell.failure);
					}
				}
			}),
		);
	});

	test('a handle that nobody gave out is never current', () => {
		const { reader } = boards();
		fc.assert(
			fc.property(fc.integer(), (handle) => {
				const known = handle >= 0 && handle < CELLS;
				expect(reader.isCurrent(handle)).toBe(known);
				expect(reader.snapshots(handle) !== undefined).toBe(known);
			}),
		);
	});

	test('the lock of a thread that is gone while it publishes is free for the next', () => {
		const { main, sidekick, reader } = boards();
		const handle = main.handle(1);
		let next: unknown;
		sidekick.publish(handle, Uint8Array.of(1), 7, true, () => {
			main.releaseThread(6);
			main.releaseThread(7);
			next = reader.publish(handle, Uint8Array.of(2), 8);
		});
		expect(next).toEqual({ first: true, changed: true });
	});

	test('a background worker is ready by another way than its first publication, until its cell is another one', () => {
		const { main, sidekick, reader } = boards();
		const handle = main.handle(1);
		main.take(handle, true, 1);
		sidekick.publish(handle, Uint8Array.of(1), 1, false);
		expect([reader.isReady(handle), reader.isBackground(handle)]).toEqual([false, true]);
		const { epoch } = reader;
		sidekick.markReady(handle);
		expect([reader.isReady(handle), reader.epoch === epoch]).toEqual([true, false]);
		main.forget(handle, 'gone');
		main.take(main.handle(1), false, 1);
		expect([reader.isReady(main.handle(1)), reader.isBackground(main.handle(1))]).toEqual([false, false]);
	});

	test('an equal publication changes neither version nor epoch, but counts', () => {
		const { main, sidekick } = boards();
		const handle = main.handle(1);
		sidekick.publish(handle, Uint8Array.of(1, 2));
		const { epoch } = main;
		const before = main.publication(handle);
		sidekick.publish(handle, Uint8Array.of(1, 2));
		expect(main.publication(handle)).toMatchObject({ version: before.version, count: before.count + 1 });
		expect(main.epoch).toBe(epoch);
	});

	test('a text over the room of its cell is cut, and its neighbours stay whole', () => {
		fc.assert(
			fc.property(fc.nat(8), fc.constantFrom('x', 'é', '€', '😀'), (start, letter) => {
				const { main, reader } = boards();
				const handle = main.handle(1);
				for (const one of [0, 1, 2]) {
					main.setStatus(main.handle(one), `status ${one}`);
					main.forget(main.handle(one), `failure ${one}`);
				}
				const long = 'a'.repeat(start) + letter.repeat(9000);
				main.setStatus(handle, long);
				const status = reader.statusText(handle);
				expect(new TextEncoder().encode(status).length).toBeGreaterThan(4000);
				expect(long.startsWith(status.replace(/\uFFFD$/, ''))).toBe(true);
				expect(reader.failureText(handle)).toBe('failure 1');
				expect([0, 2].map((one) => reader.statusText(one))).toEqual(['status 0', 'status 2']);
			}),
		);
	});
});
