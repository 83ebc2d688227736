import { appendFileSync } from 'node:fs';
import type { Reporter, TestCase, TestSpecification } from 'vitest/node';

const STATES = ['passed', 'failed', 'skipped', 'todo'] as const;
type Counts = Record<(typeof STATES)[number], number>;

/**
 * Says at the end how many tests ran in which project: Node, and each browser. Writes into the file `IGOR_FAILURES`, if
 * one is named, what was thrown: reports of other kinds have the stack, which does not repeat it in Firefox.
 */
export default class PerProjectReporter implements Reporter {
	readonly #projects = new Map<string, Counts>();

	readonly #reasons = new Map<string, string>();

	onTestRunStart(specifications: readonly TestSpecification[]): void {
		for (const { project } of specifications) this.#counts(project.name);
	}

	onTestCaseResult(test: TestCase): void {
		if (test.module.moduleId.endsWith('/missing-browser.test.ts')) this.#reasons.set(test.project.name, test.name);
		const { state, errors = [] } = test.result();
		const failures = process.env.IGOR_FAILURES;
		if (failures !== undefined && state === 'failed') {
			const thrown = errors.map(({ message }) => `${message}\n`).join('');
			appendFileSync(failures, `FAILED in ${test.project.name}: ${test.fullName}\n${thrown}`);
		}
		if (state !== 'pending') this.#counts(test.project.name)[test.options.mode === 'todo' ? 'todo' : state]++;
	}

	onTestRunEnd(): void {
		const width = Math.max(...[...this.#projects.keys()].map(({ length }) => length));
		for (const [name, counts] of this.#projects) {
			const parts = STATES.filter((state) => state === 'passed' || counts[state] > 0);
			const reason = this.#reasons.get(name);
			const told = parts.map((state) => `${counts[state]} ${state}`).join(', ');
			console.log(`${name.padStart(width + 4)}  ${told}${reason === undefined ? '' : ` (${reason})`}`);
		}
		this.#projects.clear();
	}

	#counts(project: string): Counts {
		const counts = this.#projects.get(project) ?? { passed: 0, failed: 0, skipped: 0, todo: 0 };
		this.#projects.set(project, counts);
		return counts;
	}
}
