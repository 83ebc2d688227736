import { sizeOf } from '../caddyfile/units.ts';
import { parseVisible } from '../config/mounts.ts';
import { type NetworkOption, parseListenRule, parseNetworkRule } from '../config/network-rules.ts';
import { OptionsError } from '../config/options-error.ts';
import { parseProgram } from '../config/process-rules.ts';
import {
	type PhpExtension,
	type PhpVersion,
	parseBackgroundWorker,
	parseKeyValue,
	parsePhpExtension,
	parsePhpVersion,
	parseWorker,
} from '../config/values.ts';

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

/** Collects `--php VERSION`, where several make sense. */
export function phpVersions(text: string, before: readonly PhpVersion[] = []): PhpVersion[] {
	return [...new Set([...before, parsePhpVersion(text)])];
}

/** Collects `--worker FILE[,NUM]`. */
export function workers(
	text: string,
	before: readonly { file: string; num?: number }[] = [],
): { file: string; num?: number }[] {
	return [...before, parseWorker(text)];
}

/** A background worker of the command line. */
export type BackgroundWorkerFlag = { name: string; file: string; num?: number };

/** Collects `--background-worker NAME=FILE[,NUM]`. */
export function backgroundWorkers(text: string, before: readonly BackgroundWorkerFlag[] = []): BackgroundWorkerFlag[] {
	return [...before, parseBackgroundWorker(text)];
}

/** Collects `--network HOST:PORT`, or `--network off`. */
export function networkRules(text: string, before: 'off' | readonly string[] = []): 'off' | readonly string[] {
	if (text === 'off' || before === 'off') return 'off';
	parseNetworkRule(text);
	return [...before, text];
}

/** Collects `--network-listen ADDRESS:PORT`. */
export function listenRules(text: string, before: readonly string[] = []): readonly string[] {
	parseListenRule(text);
	return [...before, text];
}

/** What `--network` and `--network-listen` say together. */
export function networkOption(flags: {
	network?: 'off' | readonly string[];
	networkListen?: readonly string[];
}): NetworkOption {
	return { allow: flags.network, listen: flags.networkListen };
}

/** Collects `--allow-process NAME`. */
export function programs(text: string, before: readonly string[] = []): string[] {
	return [...before, parseProgram(text)];
}

/** Collects what may be said several times. */
export function texts(text: string, before: readonly string[] = []): string[] {
	return [...before, text];
}

/** Collects `--mount HOST[:PHP][:ro]`. */
export function mounts(text: string, before: readonly string[] = []): string[] {
	parseVisible(text);
	return [...before, text];
}

/** What `--domain` names: without a scheme, a port and a path. @throws OptionsError */
export function hostName(text: string): string {
	if (/^(?:[\w*-]+(?:\.[\w*-]+)*|\[[\da-f:.]+\])$/i.test(text)) return text;
	throw new OptionsError('bad_domain', `--domain is '${text}'; it has to be a host name, such as app.localhost.`);
}

/** A number of bytes, with a unit or without. @throws OptionsError */
export function size(text: string, option: string): number {
	const bytes = sizeOf(text);
	if (bytes === undefined) {
		throw new OptionsError('bad_number', `${option} needs a size such as 256MB or 1GiB, and not "${text}".`);
	}
	return bytes;
}
