import { defineConfig } from 'vitest/config';

export default defineConfig({
	test: {
		include: ['test/**/*.test.ts'],
		exclude: ['test/bench/**', '**/node_modules/**'],
		// A process per file: it starts worker threads of its own, and a crash of PHP must not take other files along.
		pool: 'forks',
		// Each file runs several PHP threads; more files at a time would only make each other slow.
		maxWorkers: 2,
		testTimeout: 30_000,
		hookTimeout: 30_000,
	},
});
