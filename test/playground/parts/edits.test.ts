import { describe, expect, it } from 'vitest';
import { originOf, StoredEdits } from '../../../playground/src/storage/edits.ts';
import { LocalStore } from '../../../playground/src/storage/local-store.ts';
import { MemoryStorage } from './memory-storage.ts';

const EDITED = { changed: { 'src/Flags.php': '<?php' }, removed: ['config/flags.json'] };
const NOTHING = { changed: {}, removed: [] };

describe('kept edits', () => {
	it('are there on the next visit', () => {
		const storage = new MemoryStorage();
		expect(editsIn(storage).write('failover', EDITED)).toBe(true);

		expect(editsIn(storage).read('failover')).toEqual(EDITED);
		expect(editsIn(storage).read('feature-flags')).toBeUndefined();
	});

	it('are gone once there are none', () => {
		const storage = new MemoryStorage();
		editsIn(storage).write('failover', EDITED);
		editsIn(storage).write('failover', NOTHING);

		expect(editsIn(storage).read('failover')).toBeUndefined();
		expect(storage.length).toBe(0);
	});

	it('of a scenario do not meet those of a link to it', async () => {
		const edits = editsIn(new MemoryStorage());
		const link = originOf('failover/1/abc');
		edits.write('failover', EDITED);
		edits.write(link, { changed: { a: '1' }, removed: [] });

		expect(edits.read('failover')).toEqual(EDITED);
		expect(edits.read(link)).toEqual({ changed: { a: '1' }, removed: [] });
		expect(originOf('failover/1/abd')).not.toBe(link);
		expect(originOf('failover')).toBe('failover');
	});

	it('of links make room: the oldest go first, scenarios never', () => {
		let now = 0;
		const edits = new StoredEdits(new LocalStore(() => storage), () => ++now);
		const storage = new MemoryStorage();
		edits.write('failover', EDITED);
		for (let link = 0; link < 20; link++) edits.write(`failover/${link}`, EDITED);

		expect(edits.read('failover')).toEqual(EDITED);
		expect(edits.read('failover/0')).toBeUndefined();
		expect(edits.read('failover/19')).toEqual(EDITED);
		expect(storage.length).toBeLessThanOrEqual(12);
	});

	it('of old links give way when the storage is full', () => {
		const storage = new MemoryStorage(300);
		editsIn(storage).write('failover/old', { changed: { a: 'x'.repeat(150) }, removed: [] });

		expect(editsIn(storage).write('failover', { changed: { a: 'x'.repeat(200) }, removed: [] })).toBe(true);
		expect(editsIn(storage).read('failover/old')).toBeUndefined();
	});

	it('say when there is no room, and the former ones stay', () => {
		const storage = new MemoryStorage(300);
		editsIn(storage).write('failover', EDITED);

		expect(editsIn(storage).write('failover', { changed: { a: 'x'.repeat(400) }, removed: [] })).toBe(false);
		expect(editsIn(storage).read('failover')).toEqual(EDITED);
	});

	it('say when storage is forbidden', () => {
		const edits = new StoredEdits(
			new LocalStore(() => {
				throw new DOMException('Forbidden.', 'SecurityError');
			}),
		);

		expect(edits.write('failover', EDITED)).toBe(false);
		expect(edits.read('failover')).toBeUndefined();
	});

	it.each(['', '{', '[]', '{"changed":{"../x":""},"removed":[]}'])('that are damaged (%j) are none', (text) => {
		const storage = new MemoryStorage();
		new LocalStore(() => storage).write('edits.failover', text);

		expect(editsIn(storage).read('failover')).toBeUndefined();
	});
});

function editsIn(storage: MemoryStorage): StoredEdits {
	return new StoredEdits(new LocalStore(() => storage));
}
