import type { ResponseHandler } from '../../directives/intercept.ts';
import { matchesFields } from '../matching/header-match.ts';
import type { Diversion, ResponseHead, Step } from '../request/site-request.ts';
import { fieldValues } from '../values/header-operations.ts';
import { matchesStatus } from '../values/status-match.ts';
import { statusTemplate } from '../values/status-template.ts';

/** They are about the body that is not sent. */
const OF_THE_BODY = /^(?:content-length|transfer-encoding|content-encoding|etag|accept-ranges)$/i;

/** `intercept` @param compile makes the step of a handler; `next` sends the response after all */
export function interceptStep(
	handlers: readonly ResponseHandler[],
	next: Step,
	compile: (handler: ResponseHandler, next: Step) => Step,
): Step {
	const compiled = handlers.map((handler) => ({
		match: handler.match,
		status: handler.status === undefined ? undefined : statusTemplate(handler.status),
		step: handler.directives && compile(handler, (site) => site.answerDiverted()),
	}));
	return (site) => {
		site.divert((head: ResponseHead): Diversion | undefined => {
			const found = compiled.find(
				({ match }) =>
					match === undefined ||
					(matchesStatus(match.statuses, head.status) &&
						matchesFields(match.headers, (name) => fieldValues(head.headers, name))),
			);
			if (found?.status !== undefined) return { status: found.status(site) };
			const step = found?.step;
			if (step === undefined) return undefined;
			site.setValue('http.intercept.status_code', String(head.status));
			for (let at = 0; at + 1 < head.headers.length; at += 2) {
				const name = (head.headers[at] as string).toLowerCase();
				site.setValue(`http.intercept.header.${name}`, fieldValues(head.headers, name).join(','));
			}
			return {
				run: () => {
					site.earlyHeaders = head.headers.filter((_, at, all) => !OF_THE_BODY.test(all[at - (at % 2)] as string));
					site.run(step);
				},
			};
		});
		next(site);
	};
}
