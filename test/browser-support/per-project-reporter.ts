import type { Reporter, TestCase, TestModule } from 'vitest/node';

const STATES = ['passed', 'failed', 'skipped', 'todo'] as const;
type Counts = Record<(typeof STATES)[number], number>;

/** Says at the end how many tests ran in which project: Node, and each browser. */
export class PerProjectReporter implements Reporter {
	readonly #projects = new Map<string, Counts>();

	onTestModuleEnd({ project }: TestModule): void {
		this.#counts(project.name);
	}

	onTestCaseResult(test: TestCase): void {
		const { state } = test.result();
		if (state !== 'pending') this.#counts(test.project.name)[test.options.mode === 'todo' ? 'todo' : state]++;
	}

	onTestRunEnd(): void {
		for (const [name, counts] of this.#projects) {
			const parts = STATES.filter((state) => state === 'passed' || counts[state] > 0);
			console.log(`${name.padStart(11)}  ${parts.map((state) => `${counts[state]} ${state}`).join(', ')}`);
		}
		this.#projects.clear();
	}

	#counts(project: string): Counts {
		const counts = this.#projects.get(project) ?? { passed: 0, failed: 0, skipped: 0, todo: 0 };
		this.#projects.set(project, counts);
		return counts;
	}
}
