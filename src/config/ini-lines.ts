/**
 * Functions that PHP lacks here: they would load code into the process, call its embedder, or ask a DNS server out of
 * reach. PHP itself disables them, so that `function_exists()` tells the truth.
 */
const NO_FUNCTIONS = [
	'dl',
	'post_message_to_js',
	...['checkdnsrr', 'dns_check_record', 'dns_get_mx', 'dns_get_record', 'getmxrr'],
];

/** A php.ini followed by the directives of the configuration, which win. */
export function iniLines(ini: string, directives: Readonly<Record<string, string>>): string {
	const { disable_functions: disabled, ...others } = directives;
	const all = Object.entries({
		...others,
		disable_functions: [...(disabled === undefined ? [] : [disabled]), ...NO_FUNCTIONS].join(','),
		enable_dl: '0',
	});
	return [ini, ...all.map(([key, value]) => `${key}=${quoted(value)}`)].join('\n');
}

/** Plain words and numbers stay as they are, so that constants (`E_ALL`) and sizes (`128M`) keep their meaning. */
function quoted(value: string): string {
	return /^[\w.\-|&~ ]*$/.test(value) ? value : `"${value.replaceAll('"', '\\"')}"`;
}
