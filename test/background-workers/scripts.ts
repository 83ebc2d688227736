/** PHP scripts for background workers, and requests that read them. */

/** Publishes `vars`, an expression, and waits until it has to end; then leaves a file that says how the stream ended. */
export function publisher(vars: string): string {
	return `<?php
$handle = new FrankenPHP\\WorkerHandle();
$stream = $handle->getStream();
$handle->setVars(${vars});
do {
	$read = [$stream];
	$none = null;
	stream_select($read, $none, $none, null);
} while ($handle->tick());
file_put_contents(__DIR__ . '/ended-' . $argv[1], feof($stream) || fgets($stream) === false ? 'eof' : 'open');
`;
}

/** Answers with the variables of `?name=`, as JSON, or with what was thrown. */
export const READER = `<?php
try {
	echo json_encode(frankenphp_get_vars($_GET['name']));
} catch (Throwable $thrown) {
	echo get_class($thrown), ': ', $thrown->getMessage();
}
`;
