import type { Reporter, TestCase, TestModule } from 'vitest/node';

type Counts = { passed: number; failed: number; skipped: number };

/** Says at the end how many tests ran in which project: Node, and each browser. */
export class PerProjectReporter implements Reporter {
	readonly #projects = new Map<string, Counts>();

	onTestModuleEnd({ project }: TestModule): void {
		this.#counts(project.name);
	}

	onTestCaseResult(test: TestCase): void {
		const { state } = test.result();
		if (state !== 'pending') this.#counts(test.project.name)[state]++;
	}

	onTestRunEnd(): void {
		for (const [name, { passed, failed, skipped }] of this.#projects) {
			const parts = [`${passed} passed`, failed > 0 && `${failed} failed`, skipped > 0 && `${skipped} skipped`];
			console.log(`${name.padStart(11)}  ${parts.filter(Boolean).join(', ')}`);
		}
		this.#projects.clear();
	}

	#counts(project: string): Counts {
		const counts = this.#projects.get(project) ?? { passed: 0, failed: 0, skipped: 0 };
		this.#projects.set(project, counts);
		return counts;
	}
}
