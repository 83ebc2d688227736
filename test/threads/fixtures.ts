/** Holds a request until the file `NAME.go` is there. */
const HOLD = `
	$go = __DIR__ . '/' . ($_GET['hold'] ?? '') . '.go';
	for ($i = 0; isset($_GET['hold']) && !is_file($go) && $i < 20000; $i++) { usleep(2000); clearstatcache(); }
`;

/** A classic page that may be held, and tells which thread it ran on. */
export const PAGE = `<?php ${HOLD} echo 'page ', getmypid();`;

/** A worker that does the same; \`$version\` tells its code apart. */
export function worker(version = 'one'): string {
	return `<?php
		$requests = 0;
		while (frankenphp_handle_request(static function () use (&$requests): void {
			$requests++;
			${HOLD}
			echo '${version} ', getmypid(), ' ', $requests;
		}));
	`;
}

/** A sidekick that publishes what its environment says. */
export const SIDEKICK = `<?php
	frankenphp_sidekick_set_vars(['name' => $argv[1], 'role' => (string) getenv('ROLE'), 'site' => (string) getenv('SITE')]);
	while (!frankenphp_sidekick_should_stop()) { sleep(60); }
`;
