import type { Step } from '../request/site-request.ts';

/** The numbers of a server, as text. */
export type ReadMetrics = () => Promise<{ readonly text: string; readonly contentType: string }>;

/** `metrics` @param read `undefined` = nobody counts here */
export function metricsStep(read: ReadMetrics | undefined): Step {
	return (site) => {
		if (read === undefined) {
			site.fail(503);
			return;
		}
		const answer = ({ text, contentType }: Awaited<ReturnType<ReadMetrics>>): void => {
			if (!site.isGone) site.run(() => site.answer(200, ['Content-Type', contentType], text));
		};
		read().then(answer, (error: unknown) =>
			site.run(() => {
				throw error;
			}),
		);
	};
}
