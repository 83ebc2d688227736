import { expect, test } from 'vitest';
import { Application, type Mode } from '../../support/application.ts';

const READS = 1_000_000;
/** Fewer new snapshots seen, and nothing would have been at stake: readers and publisher must have run side by side. */
const CHANGES = 1000;
/** More than enough on any machine: it ends as soon as there was enough. */
const SECONDS = 120;
const READERS: readonly Mode[] = ['classic', 'classic', 'worker', 'worker'];

type Counts = { reads: number; changes: number; torn: number };

test('no reader ever sees a mixture of two publications', { timeout: (SECONDS + 30) * 1000 }, async () => {
	await using app = await Application.start();
	const name = 'alternating';
	await app.vars(name);
	const total: Counts = { reads: 0, changes: 0, torn: 0 };
	const deadline = performance.now() + SECONDS * 1000;
	const enough = () => total.reads >= READS && total.changes >= CHANGES;
	const readAsLongAsWanted = async (mode: Mode): Promise<void> => {
		while (!enough() && performance.now() < deadline) {
			const counts = await app.value<Counts>(mode, 'read-loop', { name });
			for (const key of ['reads', 'changes', 'torn'] as const) total[key] += counts[key];
		}
	};
	await Promise.all(READERS.map(readAsLongAsWanted));
	expect(total.torn).toBe(0);
	expect(total.reads).toBeGreaterThanOrEqual(READS);
	expect(total.changes).toBeGreaterThanOrEqual(CHANGES);
});
