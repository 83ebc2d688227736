/** A php.ini with directives of the configuration behind its own, which win. */
export function iniLines(ini: string, directives: Readonly<Record<string, string>>): string {
	return [ini, ...Object.entries(directives).map(([key, value]) => `${key}=${quoted(value)}`)].join('\n');
}

/** Plain words and numbers stay as they are, so that constants (`E_ALL`) and sizes (`128M`) keep their meaning. */
function quoted(value: string): string {
	return /^[\w.\-|&~ ]*$/.test(value) ? value : `"${value.replaceAll('"', '\\"')}"`;
}
