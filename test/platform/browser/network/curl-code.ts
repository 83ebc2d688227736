import type { Scripts } from '../../../php-thread/sockets/php-script.ts';

/** Runs PHP code that finds the URL of an origin in $url, and a function that makes handles of curl in $curl. */
export const curlCode =
	(scripts: () => Scripts, scheme: 'http' | 'https', port: number) =>
	<T>(code: string) =>
		scripts().run<T>(
			`$url = "${scheme}://localhost:{$_GET['port']}";
			$curl = function (string $path, array $options = []) use ($url) {
				$curl = curl_init($url . $path);
				curl_setopt_array($curl, $options + [CURLOPT_RETURNTRANSFER => true]);
				return $curl;
			};
			${code}`,
			{ port },
		);
