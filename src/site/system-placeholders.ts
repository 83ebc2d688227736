import type { Getter } from './placeholders.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const SYSTEM: Readonly<Record<string, Getter>> = {
	'system.hostname': ({ system }) => system.hostname(),
	'system.slash': () => '/',
	'system.os': ({ system }) => system.os,
	'system.arch': ({ system }) => system.arch,
	'system.wd': ({ system }) => system.folder,
	'time.now': ({ system }) => {
		const now = system.now();
		const zone = offset(now);
		return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())} ${clock(now)} ${zone}`;
	},
	'time.now.http': ({ system }) => system.now().toUTCString(),
	'time.now.common_log': ({ system }) => {
		const now = system.now();
		return `${two(now.getDate())}/${MONTHS[now.getMonth()]}/${now.getFullYear()}:${clock(now)} ${offset(now)}`;
	},
	'time.now.year': ({ system }) => String(system.now().getFullYear()),
	'time.now.unix': ({ system }) => String(Math.floor(system.now().getTime() / 1000)),
	'time.now.unix_ms': ({ system }) => String(system.now().getTime()),
};

/** Placeholders of the machine: `env.*`, `system.*`, `time.*`, `file.*`; `undefined` = it is none of them. */
export function systemGetter(name: string): Getter | undefined {
	if (name.startsWith('env.')) return ({ system }) => system.env(name.slice(4));
	if (name.startsWith('file.')) return ({ system }) => system.readFile(name.slice(5));
	return Object.hasOwn(SYSTEM, name) ? SYSTEM[name] : undefined;
}

function two(number: number): string {
	return String(number).padStart(2, '0');
}

function clock(date: Date): string {
	return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

function offset(date: Date): string {
	const minutes = -date.getTimezoneOffset();
	const absolute = Math.abs(minutes);
	return `${minutes < 0 ? '-' : '+'}${two(Math.floor(absolute / 60))}${two(absolute % 60)}`;
}
