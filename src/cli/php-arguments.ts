/** What PHP's own command line asks for, as far as Igor has to know. The rest is for PHP itself. */
export type PhpArguments = {
	/** For PHP, without `-c` and `-n`. */
	args: string[];
	/** Where the script is in `args`; undefined = there is none: code, stdin, or only a question. */
	scriptAt: number | undefined;
	/** `-d`, in order; they are in `args`, too. */
	directives: [key: string, value: string][];
	/** `-c`: a file or folder to read php.ini from. */
	iniFile: string | undefined;
	/** `-n`: no php.ini. */
	withoutIni: boolean;
	/** `-v`. */
	asksVersion: boolean;
	/** Why PHP cannot do that here. */
	refusal: string | undefined;
};

/** Short options of PHP: those with a value, and those without. */
const WITH_VALUE = 'cdrfBRFEStz';
const LONG: Readonly<Record<string, string>> = {
	bindpc: 'b',
	define: 'd',
	docroot: 't',
	file: 'f',
	info: 'i',
	ini: '-',
	interactive: 'a',
	modules: 'm',
	'no-header': 'q',
	'no-php-ini': 'n',
	'php-ini': 'c',
	'process-begin': 'B',
	'process-code': 'R',
	'process-end': 'E',
	'process-file': 'F',
	re: '>',
	rextension: '>',
	rextinfo: '>',
	rc: '>',
	rclass: '>',
	rf: '>',
	rfunction: '>',
	ri: '>',
	// As -t: it has a value, which is PHP's business.
	repeat: 't',
	rz: '>',
	rzendextension: '>',
	run: 'r',
	server: 'S',
	'syntax-check': 'l',
	'syntax-highlight': 's',
	'syntax-highlighting': 's',
	strip: 'w',
	version: 'v',
	'zend-extension': 'z',
};
/** What `LONG` calls an option that only asks, and has a value. */
const QUESTION = '>';

const REFUSALS: Readonly<Record<string, string>> = {
	S: 'There is no -S: "igor php-server --listen ADDRESS:PORT --root FOLDER" serves a folder.',
	a: 'There is no interactive mode: pass code by -r CODE, or on stdin.',
	z: 'There is no -z: PHP loads no code but what it was built with; --ext names the extensions that there are.',
};

/** Reads what follows `php` on a command line, as PHP does. */
export function readPhpArguments(given: readonly string[]): PhpArguments {
	const result: PhpArguments = {
		args: [],
		scriptAt: undefined,
		directives: [],
		iniFile: undefined,
		withoutIni: false,
		asksVersion: false,
		refusal: undefined,
	};
	/** Neither the first operand nor stdin is a script. */
	let needsNoScript = false;
	let at = 0;
	const take = (option: string, attached: string | undefined, written: readonly string[]): void => {
		const value = takesValue(option) ? (attached ?? given[at++]) : undefined;
		result.refusal ??= REFUSALS[option];
		if (option === 'v') result.asksVersion = true;
		else if (option === 'n') result.withoutIni = true;
		else if (option === 'c') result.iniFile = value;
		else {
			result.args.push(...written);
			if (takesValue(option) && attached === undefined && value !== undefined) result.args.push(value);
			if (option === 'd' && value !== undefined) result.directives.push(directive(value));
			// Without a value it is PHP that complains.
			else if (isScript(option) && value !== undefined) result.scriptAt = result.args.length - 1;
			else if (`rBREim-${QUESTION}`.includes(option)) needsNoScript = true;
		}
	};
	while (at < given.length) {
		const arg = given[at] as string;
		if (arg === '--' || arg === '-' || !arg.startsWith('-')) break;
		at++;
		if (arg.startsWith('--')) {
			const [name = '', ...rest] = arg.slice(2).split('=');
			take(LONG[name] ?? '?', rest.length > 0 ? rest.join('=') : undefined, [arg]);
			continue;
		}
		// Several may be written as one; the rest of the argument is the value of the first that has one.
		for (let i = 1; i < arg.length; i++) {
			const option = arg[i] as string;
			const rest = arg.slice(i + 1);
			const isLast = WITH_VALUE.includes(option);
			const attached = isLast && rest !== '' ? rest.replace(/^=/, '') : undefined;
			if (isScript(option) && attached !== undefined) take(option, attached, [`-${option}`, attached]);
			else take(option, attached, [attached === undefined ? `-${option}` : `-${option}${attached}`]);
			if (isLast) break;
		}
	}
	const rest = given.slice(at);
	if (result.scriptAt === undefined && !needsNoScript && rest[0] !== undefined && rest[0] !== '-') {
		const dashes = rest[0] === '--' ? 1 : 0;
		if (dashes === 0) result.scriptAt = result.args.length;
	}
	result.args.push(...rest);
	return result;
}

/** Whether the value of one of PHP's options is the next argument. */
export function hasValueBehind(arg: string): boolean {
	if (arg.startsWith('--')) {
		const option = LONG[arg.slice(2)];
		return option !== undefined && takesValue(option);
	}
	const first = [...arg.slice(1)].findIndex(takesValue);
	return first >= 0 && first === arg.length - 2;
}

const isScript = (option: string): boolean => option === 'f' || option === 'F';

const takesValue = (option: string): boolean => WITH_VALUE.includes(option) || option === QUESTION;

function directive(text: string): [string, string] {
	const equals = text.indexOf('=');
	return equals < 0 ? [text, '1'] : [text.slice(0, equals), text.slice(equals + 1)];
}
