import type { AdaptedDirective } from '../directives/list.ts';
import { matchesFields } from './header-match.ts';
import { fieldValues, hasField, headerChange } from './header-operations.ts';
import type { Step } from './site-request.ts';
import { matchesStatus } from './status-match.ts';
import { Template } from './template.ts';

/**
 * `header`: at once, or when the head is sent if it says so, if the response has to match, or if it only fills in what is
 * missing.
 */
export function headerStep(
	{ operations, deferred, match }: Extract<AdaptedDirective, { type: 'header' }>,
	next: Step,
): Step {
	const defaults = operations.filter(({ operation }) => operation === 'default');
	const others = operations.filter(({ operation }) => operation !== 'default');
	// Hooks run in the reverse order, so the defaults come first, as in Caddy.
	const last = defaults.length > 0 ? defaultsStep(defaults, next) : next;
	if (others.length === 0) return last;
	const change = headerChange(others);
	if (!deferred && match === undefined) {
		return (site) => {
			site.earlyHeaders ??= [];
			change(site.earlyHeaders, site);
			last(site);
		};
	}
	return (site) => {
		site.beforeHead(({ status, headers }) => {
			const isMeant =
				match === undefined ||
				(matchesStatus(match.statuses, status) && matchesFields(match.headers, (name) => fieldValues(headers, name)));
			if (isMeant) change(headers, site);
		});
		last(site);
	};
}

/** `?Field`: set unless one of these fields is there already. */
function defaultsStep(operations: Parameters<typeof headerChange>[0], next: Step): Step {
	const change = headerChange(operations);
	const names = operations.map(({ field }) => new Template(field, 'keep'));
	return (site) => {
		site.beforeHead(({ headers }) => {
			if (!names.some((name) => hasField(headers, name.evaluate(site)))) change(headers, site);
		});
		next(site);
	};
}
