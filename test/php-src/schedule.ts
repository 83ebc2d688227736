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

/** @param batchKey what tests of a directory that may be together have in common; undefined = by itself */
export function unitsOf(
	folder: string,
	tests: readonly string[],
	batchKey: (test: string) => string | undefined,
): Unit[] {
	const units: Unit[] = [];
	const open = new Map<string, Unit>();
	for (const test of tests) {
		const conflicts = conflictsOf(folder, test);
		const common = conflicts.length > 0 ? undefined : batchKey(test);
		const key = `${dirname(test)}\n${common}`;
		let unit = common === undefined ? undefined : open.get(key);
		if (unit === undefined || unit.tests.length === MOST_TOGETHER) {
			unit = { tests: [], conflicts };
			units.push(unit);
			if (common !== undefined) open.set(key, unit);
		}
		unit.tests.push(test);
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
