import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** What `--help` of every command prints. @param igor the built command */
export async function helpTexts(igor: string): Promise<string> {
	const help = async (...args: string[]): Promise<string> => {
		const { stdout } = await execute(process.execPath, [igor, ...args, '--help']);
		return stdout.trimEnd();
	};
	const [, list = ''] = (await help()).split('\nCommands:\n');
	const commands = [...list.matchAll(/^ {2}([a-z-]+)/gm)]
		.map(([, name = '']) => name)
		.filter((name) => name !== 'help');
	const texts = await Promise.all(commands.map((command) => help(command)));
	return commands.map((command, at) => `### igor ${command}\n\n\`\`\`text\n${texts[at]}\n\`\`\``).join('\n\n');
}
