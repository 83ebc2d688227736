/** What `igor init` asks for. */
export interface InitAnswers {
	/** Where the server listens. */
	readonly host: string;
	readonly port: number;
	/** The folder of the pages, relative, with `/`. */
	readonly root: string;
	readonly sidekick: string;
	/** `HOST:PORT` of the admin API, or `off`; undefined = Caddy's. */
	readonly admin: string | undefined;
}

/** The entrypoint of the application's sidekicks. */
export const CONSOLE = 'bin/console';

/** The files of a new application, by path: it runs as it is. @param answers checked: they are put in as they are */
export function initFiles(answers: InitAnswers): ReadonlyMap<string, string> {
	const depth = answers.root.split('/').length;
	return new Map([
		['Caddyfile', caddyfile(answers)],
		[CONSOLE, consoleScript(answers)],
		[`${answers.root}/index.php`, page(answers, depth)],
	]);
}

function caddyfile({ host, port, root, sidekick, admin }: InitAnswers): string {
	const global = admin === undefined ? '' : `{\n\tadmin ${admin}\n}\n\n`;
	return `${global}http://:${port} {
	bind ${host}
	root ${root}
	encode zstd br gzip
	php_server {
		sidekick {
			entrypoint ${CONSOLE}
			allow ${sidekick}
			eager ${sidekick} # starts with the server, not with the first page that reads it
		}
	}
}
`;
}

function consoleScript({ sidekick }: InitAnswers): string {
	return `#!/usr/bin/env php
<?php // is run once for each sidekick, on a thread of its own; its argument is the sidekick's name

match ($name = $_SERVER['argv'][1] ?? '') {
    '${sidekick}' => tellTime(),
    default => throw new RuntimeException("Unknown sidekick: $name"),
};

function tellTime(): void
{
    while (!frankenphp_sidekick_should_stop()) {
        frankenphp_sidekick_set_vars(['time' => date('H:i:s')]); // all readers see it, at once
        usleep(250_000); // ends early when the server stops
    }
}
`;
}

function page({ sidekick }: InitAnswers, depth: number): string {
	return `<?php
$vars = frankenphp_sidekick_get_vars('${sidekick}'); // what it published last: no file, no socket, no waiting
?>
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="refresh" content="1">
<title>Igor</title>
<p>The sidekick <b>${sidekick}</b> says: <b><?= htmlspecialchars($vars['time']) ?></b></p>
<p>This page is <code><?= htmlspecialchars(substr(__FILE__, strlen(dirname(__DIR__, ${depth})) + 1)) ?></code>; the sidekick is in <code>${CONSOLE}</code>.</p>
</html>
`;
}
