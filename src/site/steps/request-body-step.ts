import type { DirectiveOf } from '../../directives/list.ts';
import type { Step } from '../request/site-request.ts';

/** `request_body`: a body announced as too large is refused at once, any other as soon as too much of it has come. */
export function requestBodyStep({ maxSize = 0 }: DirectiveOf<'request_body'>, next: Step): Step {
	if (maxSize === 0) return next;
	return (site) => {
		const announced = Number(site.headerValues('content-length')[0] ?? 0);
		if (announced > maxSize && site.error === undefined) {
			site.fail(413);
			return;
		}
		site.bodyLimit = Math.min(site.bodyLimit ?? maxSize, maxSize);
		next(site);
	};
}
