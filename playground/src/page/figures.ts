/** `1.2 MB`, for people. */
export function bytes(count: number): string {
	if (count < 1000) return `${count} B`;
	if (count < 999_500) return `${round(count / 1000)} KB`;
	return `${round(count / 1_000_000)} MB`;
}

/** `12 ms`, `1.25 s`, `3 min`. */
export function duration(milliseconds: number): string {
	if (milliseconds < 10) return `${milliseconds.toFixed(1)} ms`;
	if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
	if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(milliseconds < 10_000 ? 2 : 1)} s`;
	return `${Math.floor(milliseconds / 60_000)} min ${Math.floor(milliseconds / 1000) % 60} s`;
}

/** An age that ticks: tenths of seconds first, then seconds, then minutes. */
export function age(milliseconds: number): string {
	const seconds = Math.max(0, milliseconds) / 1000;
	if (seconds < 10) return `${seconds.toFixed(1)} s`;
	if (seconds < 120) return `${Math.floor(seconds)} s`;
	if (seconds < 7200) return `${Math.floor(seconds / 60)} min`;
	return `${Math.floor(seconds / 3600)} h`;
}

/** `one file`, `3 files`. */
export function count(number: number, one: string, many = `${one}s`): string {
	return `${number === 1 ? 'one' : number} ${number === 1 ? one : many}`;
}

/** The time of day with milliseconds. */
export function timeOfDay(at: number): string {
	const date = new Date(at);
	const two = (number: number) => `${number}`.padStart(2, '0');
	const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
	return `${time}.${`${date.getMilliseconds()}`.padStart(3, '0')}`;
}

function round(number: number): string {
	return number < 10 ? number.toFixed(1) : `${Math.round(number)}`;
}
