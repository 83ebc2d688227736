import type { ProcessPort } from './process-port.ts';
import { quote } from './refusal.ts';

/** PHP itself as a program: where PHP sees it (PHP_BINARY), and the file of the host that runs it. */
export type PhpProgram = { shown: string; file: string };

/** Where an allowed program is; `file` is undefined when nothing of that name is on the host. */
export type Allowed = { file: string | undefined };

/** The programs that PHP may run. Rules are names, absolute paths, or `*`. PHP thread. */
export class Permission {
	readonly #rules: readonly string[];
	readonly #port: ProcessPort;
	readonly php: PhpProgram | undefined;

	constructor(rules: readonly string[], port: ProcessPort, php: PhpProgram | undefined) {
		this.#rules = rules;
		this.#port = port;
		this.php = php;
	}

	/** Every program is allowed. */
	get anything(): boolean {
		return this.#rules.includes('*');
	}

	/** Command lines go to the shell: it is allowed, so it may run whatever it is told to. */
	get shell(): boolean {
		return this.anything || this.#rules.includes('sh') || this.#rules.includes('/bin/sh');
	}

	/**
	 * Looks at the first word of a command.
	 * @param folder of the host, to which a relative path belongs
	 * @returns undefined when it is not allowed
	 */
	program(word: string, folder: string): Allowed | undefined {
		if (this.php !== undefined && (word === 'php' || word === this.php.shown)) return { file: this.php.file };
		if (!word.includes('/')) {
			return this.anything || this.#rules.includes(word) ? { file: this.#port.find(word) } : undefined;
		}
		const path = word.startsWith('/') ? word : `${folder}/${word}`;
		if (this.anything) return { file: path };
		const name = path.slice(path.lastIndexOf('/') + 1);
		for (const rule of this.#rules) {
			// The rule's file is run, not the one that PHP names: that may be another one a moment later.
			const file = rule.includes('/') ? rule : rule === name ? this.#port.find(rule) : undefined;
			if (file !== undefined && (file === path || this.#port.isSameFile(file, path))) return { file };
		}
		return undefined;
	}

	/** The sentence about a program that is not allowed. Arguments as for `program()`. */
	refusal(command: string, word: string, folder: string): string {
		const name = word === '' ? 'NAME' : word.includes('/') && !word.startsWith('/') ? `${folder}/${word}` : word;
		return (
			`${quote(command)} was not run: PHP may run only ${this.#rules.join(', ')} here. Allow it with ` +
			`"processes { allow ${name} }" in php_server, --allow-process ${name}, or serve()'s option processes.`
		);
	}
}
