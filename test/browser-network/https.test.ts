import { describe, expect, inject, test } from 'vitest';
import { useScripts } from '../sockets/php-script.ts';
import { CapturingLogger } from '../support/capturing-logger.ts';
import { platform } from '../support/node/platform.ts';

const { secure } = inject('origins');
/** Chromium is told to trust the certificate of the tests' server. */
const trusts = /Chrome\//.test(navigator.userAgent);

describe.each(platform.phpVersions)('https on PHP %s', (php) => {
	const log = new CapturingLogger();
	const scripts = useScripts({ php, log });
	const run = <T>(code: string) =>
		scripts().run<T>(
			`$url = "https://localhost:{$_GET['port']}";
			$curl = function (string $path, array $options = []) use ($url) {
				$curl = curl_init($url . $path);
				curl_setopt_array($curl, $options + [CURLOPT_RETURNTRANSFER => true]);
				return $curl;
			};
			${code}`,
			{ port: secure },
		);

	test.runIf(trusts)('streams and curl, with bodies of 5 MB both ways', async () => {
		const [echo, streamed, curled, closed, posted, expected, error, warnings] = await run<unknown[]>(
			`$post = $curl('/digest', [CURLOPT_POSTFIELDS => file_get_contents("$url/megabytes")]);
			return [
				json_decode(file_get_contents("$url/echo?a"))->url,
				hash('sha256', file_get_contents("$url/megabytes")),
				hash('sha256', (string) curl_exec($curl('/megabytes'))),
				hash('sha256', (string) curl_exec($curl('/megabytes', [CURLOPT_HTTPHEADER => ['Connection: close']]))),
				curl_exec($post), file_get_contents("$url/megabytes/digest"), curl_error($post),
				$GLOBALS['warnings'],
			];`,
		);
		expect(log.records.filter(({ level }) => level === 'warn')).toEqual([]);
		expect(warnings).toEqual([]);
		expect(echo).toBe('/echo?a');
		expect([streamed, curled, closed, posted, error]).toEqual([expected, expected, expected, expected, '']);
	});

	test.runIf(trusts)('three at once by curl', async () => {
		const answers = await run<string[]>(
			`$multi = curl_multi_init();
			foreach ([1, 2, 3] as $i) curl_multi_add_handle($multi, $handles[] = $curl("/together?$i"));
			do {
				curl_multi_exec($multi, $running);
				if ($running) curl_multi_select($multi, 5);
			} while ($running);
			return array_map(curl_multi_getcontent(...), $handles);`,
		);
		expect(answers).toEqual(['together', 'together', 'together']);
	});

	test.runIf(!trusts)('a host that the browser does not trust: PHP is told by TLS', async () => {
		const [warnings, status] = await run<[string[], number]>(
			`$get = $curl('/echo');
			curl_exec($get);
			file_get_contents("$url/echo");
			return [$GLOBALS['warnings'], curl_getinfo($get, CURLINFO_RESPONSE_CODE)];`,
		);
		expect(warnings).toEqual([expect.stringContaining('HTTP request failed! HTTP/1.1 502 No answer')]);
		expect(status).toBe(502);
	});
});
