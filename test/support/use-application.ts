import { afterAll, afterEach, beforeAll } from 'vitest';
import { Application, type ApplicationOptions } from './application.ts';

/** One application for all tests of a file or group; its sidekicks are stopped after each test. */
export function useApplication(options: ApplicationOptions = {}): () => Application {
	let application: Application | undefined;
	beforeAll(async () => {
		application = await Application.start(options);
	});
	afterEach(async () => {
		await application?.stopSidekicks();
	});
	afterAll(async () => {
		await application?.[Symbol.asyncDispose]();
	});
	return () => application as Application;
}
