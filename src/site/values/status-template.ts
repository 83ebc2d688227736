import { HttpFailure } from './http-failure.ts';
import type { RequestView } from './request-view.ts';
import { parseStatus } from './status-match.ts';
import { Template } from './template.ts';

/** A status as written, or as a placeholder says. @throws HttpFailure when it is none */
export function statusTemplate(status: number | string): (site: RequestView) => number {
	if (typeof status === 'number') return () => status;
	const template = new Template(status);
	return (site) => {
		const code = parseStatus(template.evaluate(site));
		if (code === undefined) throw new HttpFailure(500, `${status} is no status.`);
		return code;
	};
}
