import { prettyFactory } from 'pino-pretty';

/** How the access log of a site begins its `logger`, as JSON has it. */
const OF_ACCESS_LOG = '"logger":"http.log.access';

/**
 * Turns lines of JSON, as pino makes them, into such for people: one for each event, its fields behind the message. What
 * comes from PHP or from a client controls no terminal.
 *
 * @param terminal they are read as they come: the day is left out, and of a request is said what it was and what became of it
 */
export function consoleLines({ terminal, colours }: { terminal: boolean; colours: boolean }): (line: string) => string {
	const common = {
		colorize: colours,
		singleLine: true,
		translateTime: terminal ? 'SYS:HH:MM:ss.l' : 'SYS:yyyy-mm-dd HH:MM:ss.l',
	};
	const pretty = prettyFactory({ ...common, messageFormat: (record, key) => escaped(String(record[key] ?? '')) });
	if (!terminal) return (line) => pretty(upperEscaped(line));
	const access = prettyFactory({
		...common,
		include: 'level,time',
		messageFormat: (record) => escaped(requestLine(record as AccessRecord)),
	});
	return (line) => (line.includes(OF_ACCESS_LOG) ? access : pretty)(upperEscaped(line));
}

/** What `accessRecord()` writes, unless a filter has changed it. */
interface AccessRecord {
	readonly request?: {
		readonly client_ip?: unknown;
		readonly method?: unknown;
		readonly host?: unknown;
		readonly uri?: unknown;
		readonly tls?: unknown;
	};
	readonly status?: unknown;
	readonly size?: unknown;
	readonly duration?: unknown;
}

function requestLine({ request = {}, status, size, duration }: AccessRecord): string {
	const { client_ip: client, method, host, uri, tls } = request;
	const outcome = [
		status === 0 ? 'client gone' : status,
		size === undefined ? undefined : `${size} bytes`,
		typeof duration === 'number' ? `${Math.round(duration * 10_000) / 10} ms` : undefined,
	].filter((part) => part !== undefined);
	const url = `http${tls === undefined ? '' : 's'}://${host ?? ''}${uri ?? ''}`;
	return `${[client, method, url].filter((part) => part !== undefined).join(' ')} ${outcome.join(', ')}`;
}

function escaped(text: string): string {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about.
	return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, escapeOf);
}

/** JSON escapes the lower ones itself, wherever they stand. */
const upperEscaped = (json: string): string =>
	json.replace(/[\u007f-\u009f]/g, (character) => `\\${escapeOf(character)}`);

const escapeOf = (character: string): string => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
