import { sizeOf } from '../caddyfile/units.ts';
import { type NetworkOption, parseNetworkRule } from '../config/network.ts';
import { OptionsError } from '../config/options-error.ts';
import { type PhpExtension, parseKeyValue, parsePhpExtension, parseWorker } from '../config/values.ts';

/** Collects a repeated `KEY=VALUE` option. */
export function keyValues(option: string): (text: string, before?: Record<string, string>) => Record<string, string> {
	return (text, before) => {
		const [key, value] = parseKeyValue(text, option);
		return { ...before, [key]: value };
	};
}

/** Collects `--ext NAME`. */
export function extensions(text: string, before: readonly PhpExtension[] = []): PhpExtension[] {
	return [...before, parsePhpExtension(text)];
}

/** Collects `--worker FILE[,NUM]`. */
export function workers(
	text: string,
	before: readonly { file: string; num?: number }[] = [],
): { file: string; num?: number }[] {
	return [...before, parseWorker(text)];
}

/** Collects `--network HOST:PORT`, or `--network off`. */
export function networkRules(text: string, before: NetworkOption = []): NetworkOption {
	if (text === 'off' || before === 'off') return 'off';
	parseNetworkRule(text);
	return [...before, text];
}

/** A number of bytes, with a unit or without. @throws OptionsError */
export function size(text: string, option: string): number {
	const bytes = sizeOf(text);
	if (bytes === undefined) {
		throw new OptionsError('bad_number', `${option} needs a size such as 256MB or 1GiB, and not "${text}".`);
	}
	return bytes;
}
