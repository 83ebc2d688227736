import { inject, test } from 'vitest';

declare module 'vitest' {
	interface ProvidedContext {
		/** Why the tests of this project cannot run. */
		missingBrowser: string;
	}
}

// Stands in for all tests of a browser that this machine lacks.
test.skip(inject('missingBrowser'), () => {});
