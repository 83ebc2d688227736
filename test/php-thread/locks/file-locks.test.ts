import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createFileLockBuffer, FileLocks, type LockRequest, lockOwner } from '../../../src/shared-memory/file-locks.ts';

const FILE = 7;
const END = 40;

function exclusive(owner: number, start = 0, end = END): LockRequest {
	return { file: FILE, owner, kind: 'exclusive', start, end };
}

describe('file locks', () => {
	test('an exclusive lock keeps others out until it is given back', () => {
		const locks = new FileLocks(createFileLockBuffer(), 1);
		expect(locks.tryLock(exclusive(lockOwner(1)))).toBe('locked');
		expect(locks.tryLock(exclusive(lockOwner(2)))).toBe('conflict');
		expect(locks.tryLock({ ...exclusive(lockOwner(2)), kind: 'shared' })).toBe('conflict');
		expect(locks.tryLock({ ...exclusive(lockOwner(2)), file: FILE + 1 })).toBe('locked');
		locks.unlock(FILE, lockOwner(1), 0, END);
		expect(locks.tryLock(exclusive(lockOwner(2)))).toBe('locked');
	});

	test('a dead thread gives back its locks and the mutex that it held', () => {
		const buffer = createFileLockBuffer();
		const main = new FileLocks(buffer, -1);
		const second = new FileLocks(buffer, 2);
		new FileLocks(buffer, 1).tryLock(exclusive(lockOwner(1, 5)));
		// Thread 1 dies inside the table.
		new Int32Array(buffer)[0] = 1;
		main.releaseThread(1);
		expect(second.tryLock(exclusive(lockOwner(2)))).toBe('locked');
	});

	test('ranges behave like one owner and one kind per byte', () => {
		const step = fc.record({
			action: fc.constantFrom('shared', 'exclusive', 'unlock'),
			owner: fc.integer({ min: 1, max: 3 }),
			start: fc.integer({ min: 0, max: END - 1 }),
			length: fc.integer({ min: 1, max: END }),
		});
		fc.assert(
			fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
				const locks = new FileLocks(createFileLockBuffer(), 1);
				const model: Map<number, string>[] = Array.from({ length: END }, () => new Map());
				for (const { action, owner, start, length } of steps) {
					const end = Math.min(END, start + length);
					const bytes = model.slice(start, end);
					if (action === 'unlock') {
						locks.unlock(FILE, owner, start, end);
						for (const byte of bytes) byte.delete(owner);
						continue;
					}
					const free = bytes.every((byte) =>
						[...byte].every(([who, kind]) => who === owner || (kind === 'shared' && action === 'shared')),
					);
					const kind = action === 'shared' ? 'shared' : 'exclusive';
					expect(locks.tryLock({ file: FILE, owner, kind, start, end })).toBe(free ? 'locked' : 'conflict');
					if (free) for (const byte of bytes) byte.set(owner, kind);
				}
			}),
		);
	});
});
