import type { Command } from 'commander';
import { OptionsError } from '../config/options-error.ts';

/** A command, and the words that may follow it. */
type Words = readonly (readonly [command: string, options: readonly string[]])[];

const SHELLS: Readonly<Record<string, (words: Words) => string>> = { bash, zsh, fish };

/** Adds `igor completion`; after all others, whose names and options it prints. */
export function addCompletion(program: Command): void {
	program
		.command('completion')
		.description('Print a script that makes a shell complete commands and options')
		.argument('<shell>', Object.keys(SHELLS).join(', '))
		.action((shell: string) => {
			const script = Object.hasOwn(SHELLS, shell) ? SHELLS[shell] : undefined;
			if (script === undefined) {
				throw new OptionsError(
					'bad_shell',
					`There is no completion for ${shell}; use one of ${Object.keys(SHELLS).join(', ')}.`,
				);
			}
			process.stdout.write(script(wordsOf(program)));
		});
}

function wordsOf(program: Command): Words {
	return program
		.createHelp()
		.visibleCommands(program)
		.map((command) => [
			command.name(),
			command.options.filter(({ hidden }) => !hidden).flatMap(({ long }) => (long ? [long] : [])),
		]);
}

function bash(words: Words): string {
	return `_igor() {
	local current=\${COMP_WORDS[COMP_CWORD]}
	if [ "$COMP_CWORD" -eq 1 ]; then
		COMPREPLY=($(compgen -W '${words.map(([name]) => name).join(' ')}' -- "$current"))
		return
	fi
	case "\${COMP_WORDS[1]}" in
${words.map(([name, options]) => `		${name}) COMPREPLY=($(compgen -W '${options.join(' ')}' -- "$current")) ;;`).join('\n')}
	esac
}
complete -o bashdefault -o default -F _igor igor
`;
}

function zsh(words: Words): string {
	return `#compdef igor
_igor() {
	if (( CURRENT == 2 )); then
		compadd -- ${words.map(([name]) => name).join(' ')}
		return
	fi
	case $words[2] in
${words.map(([name, options]) => `		${name}) [[ $PREFIX == -* ]] && compadd -- ${options.join(' ')} || _files ;;`).join('\n')}
		*) _files ;;
	esac
}
compdef _igor igor
`;
}

function fish(words: Words): string {
	const commands = words.map(([name]) => `complete -c igor -n __fish_use_subcommand -a ${name}`);
	const options = words.flatMap(([name, all]) =>
		all.map((option) => `complete -c igor -n '__fish_seen_subcommand_from ${name}' -l ${option.slice(2)}`),
	);
	return [...commands, ...options].map((line) => `${line}\n`).join('');
}
