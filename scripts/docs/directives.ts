import { ALL_DIRECTIVES, DIRECTIVE_ORDER, listedDirective } from '../../src/directives/list.ts';
import { table } from './table.ts';

/** Every directive of a site, in Caddy's order, and what Igor does with it. */
export function directivesTable(): string {
	return table(
		['directive', 'in Igor'],
		ALL_DIRECTIVES.map((name) => [`\`${name}\``, describe(name)]),
	);
}

function describe(name: string): string {
	const listed = listedDirective(name);
	switch (listed?.kind) {
		case 'step':
			return 'yes';
		case 'site':
			return DIRECTIVE_ORDER.includes(name) ? 'yes' : 'yes, for the whole site';
		case 'renamed':
			return `refused: its name is \`${listed.to}\` now`;
		default:
			return listed?.hint === undefined ? 'refused' : `refused: ${listed.hint.replaceAll("'", '`')}`;
	}
}
