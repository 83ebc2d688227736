import type { Step } from '../request/site-request.ts';

/** `log_skip` */
export function logSkipStep(next: Step): Step {
	return (site) => {
		site.skipLog();
		next(site);
	};
}
