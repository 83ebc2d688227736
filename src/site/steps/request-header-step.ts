import type { DirectiveOf } from '../../directives/list.ts';
import type { Step } from '../request/site-request.ts';
import { hasField, headerChange } from '../values/header-operations.ts';
import { Template } from '../values/template.ts';

/** `request_header`: what steps after it, and PHP, see of the request; the access log has what the client sent. */
export function requestHeaderStep({ operation }: DirectiveOf<'request_header'>, next: Step): Step {
	const change = headerChange([operation]);
	const field = new Template(operation.field, 'keep');
	return (site) => {
		const { fixed, headers } = split(site.rawHeaders);
		if (operation.operation !== 'default' || !hasField(headers, field.evaluate(site))) {
			change(headers, site);
			site.changeHeaders([...fixed, ...split(headers).headers]);
		}
		next(site);
	};
}

/** Fields of HTTP/2 that are no headers, and what says where the body ends, stay. The host is a header, by its name of HTTP/1. */
function split(all: readonly string[]): { fixed: string[]; headers: string[] } {
	const fixed: string[] = [];
	const headers: string[] = [];
	for (let at = 0; at + 1 < all.length; at += 2) {
		const name = all[at] as string;
		const isHost = name === ':authority';
		const isFixed = !isHost && /^(?::.*|content-length|transfer-encoding)$/i.test(name);
		(isFixed ? fixed : headers).push(isHost ? 'Host' : name, all[at + 1] as string);
	}
	return { fixed, headers };
}
