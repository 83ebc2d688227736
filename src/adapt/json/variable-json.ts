import { escapePattern } from './header-json.ts';
import { compact, type ReadHandler, unlessEmpty, type WriteDirective } from './json-forms.ts';
import { type JsonLine, lineOf } from './json-lines.ts';
import type { JsonNode } from './json-node.ts';

/** `root` */
export const writeRoot: WriteDirective<'root'> = ({ path }) => [{ handler: 'vars', root: path }];

/** `vars` */
export const writeVars: WriteDirective<'vars'> = ({ values }) => [
	{ handler: 'vars', ...Object.fromEntries(values.map(({ name, value }) => [name, value])) },
];

/** `log_skip` */
export const writeLogSkip: WriteDirective<'log_skip'> = () => [{ handler: 'vars', log_skip: true }];

/** Caddy's `vars`: `root`, `log_skip` and `vars`. */
export const readVarsHandler: ReadHandler = (handler) => {
	const place = handler.node.position;
	const root = handler.get('root');
	const isSkipped = handler.get('log_skip');
	const values = handler.rest();
	const lines: JsonLine[] = [];
	if (root) lines.push(lineOf(place, 'root', [root]));
	if (isSkipped?.flag()) lines.push(lineOf(place, 'log_skip'));
	if (values.length > 0) {
		const block = values.map(([name, value]) => lineOf(value.position, name, [value.weak()]));
		lines.push(lineOf(place, 'vars', [], block));
	}
	return lines;
};

/** `map` */
export const writeMap: WriteDirective<'map'> = ({ source, destinations, mappings, defaults }) => [
	compact({
		handler: 'map',
		source,
		destinations: destinations.map((name) => `{${name}}`),
		mappings: mappings.map(({ input, outputs }) => ({
			...('text' in input ? { input: input.text } : { input_regexp: input.pattern }),
			outputs,
		})),
		defaults: unlessEmpty(defaults),
	}),
];

/** Caddy's `map`. */
export const readMapHandler: ReadHandler = (handler) => {
	const place = handler.node.position;
	const source = handler.need('source');
	const destinations = handler.need('destinations').list();
	const defaults = handler.get('defaults');
	const block = (handler.get('mappings')?.list() ?? []).map((node) => {
		const mapping = node.object();
		const input = mapping.get('input')?.text();
		const pattern = mapping.get('input_regexp')?.text();
		const outputs = mapping.get('outputs')?.list() ?? [];
		mapping.end();
		const name = pattern === undefined ? inputWord(input ?? '') : `~${pattern}`;
		return lineOf(node.position, name, outputs.map(outputWord));
	});
	if (defaults) block.push(lineOf(defaults.position, 'default', defaults.list()));
	handler.end();
	return [lineOf(place, 'map', [source, ...destinations], block)];
};

/** In a Caddyfile these would say something else. */
function inputWord(input: string): string {
	return input === 'default' || input.startsWith('~') ? `~^${escapePattern(input)}$` : input;
}

function outputWord(node: JsonNode): JsonNode | string {
	return node.value === null ? '-' : node.weak();
}
