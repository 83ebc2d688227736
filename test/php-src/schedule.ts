import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sectionsOf } from './phpt.ts';

/** Those that must run alone name it. */
const ALL = 'all';

/** So many tests share a PHP at most. */
const MOST_TOGETHER = 40;

/** What tests must not run beside: keys that they share. `folder`: of the tests. */
function conflictsOf(folder: string, path: string): string[] {
	const section = sectionsOf(join(folder, path)).get('CONFLICTS') ?? '';
	const ofFolder = join(folder, dirname(path), 'CONFLICTS');
	const shared = existsSync(ofFolder) ? readFileSync(ofFolder, 'utf8') : '';
	const lines = `${section}\n${shared}`.split('\n').map((line) => line.replace(/#.*/, '').trim());
	return lines.filter((line) => line !== '');
}

/** Tests that are run together, and what they must not run beside. */
export type Unit = { tests: string[]; conflicts: string[] };

/** Puts neighbours together. @param isBatchable whether a test may share its PHP with others */
export function unitsOf(folder: string, tests: readonly string[], isBatchable: (test: string) => boolean): Unit[] {
	const units: Unit[] = [];
	let open: Unit | undefined;
	for (const test of tests) {
		const conflicts = conflictsOf(folder, test);
		if (conflicts.length > 0 || !isBatchable(test)) {
			units.push({ tests: [test], conflicts });
			continue;
		}
		const isNeighbour = open !== undefined && dirname(open.tests[0] as string) === dirname(test);
		if (open === undefined || !isNeighbour || open.tests.length === MOST_TOGETHER) {
			open = { tests: [], conflicts };
			units.push(open);
		}
		open.tests.push(test);
	}
	return units;
}

/** Runs each unit once, `lanes` at a time, none beside one that it conflicts with. */
export async function runAll(
	units: readonly Unit[],
	lanes: number,
	run: (tests: readonly string[]) => Promise<void>,
): Promise<void> {
	const left = [...units];
	const running = new Map<Promise<void>, string[]>();
	const mayRun = (keys: readonly string[]): boolean => {
		const taken = [...running.values()].flat();
		if (keys.includes(ALL)) return running.size === 0;
		return !taken.includes(ALL) && !keys.some((key) => taken.includes(key));
	};
	while (left.length > 0 || running.size > 0) {
		while (running.size < lanes) {
			const next = left.findIndex(({ conflicts }) => mayRun(conflicts));
			if (next < 0) break;
			const [unit] = left.splice(next, 1);
			if (unit === undefined) break;
			const promise: Promise<void> = run(unit.tests).finally(() => running.delete(promise));
			running.set(promise, unit.conflicts);
		}
		await Promise.race(running.keys());
	}
}
