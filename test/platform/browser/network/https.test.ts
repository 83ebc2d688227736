import { describe, expect, inject, test } from 'vitest';
import { useScripts } from '../../../php-thread/sockets/php-script.ts';
import { CapturingLogger } from '../../../support/capturing-logger.ts';
import { platform } from '../../../support/node/platform.ts';
import { curlCode } from './curl-code.ts';

const { secure } = inject('origins');
/** Chromium is told to trust the certificate of the tests' server. */
const trusts = /Chrome\//.test(navigator.userAgent);

describe.each(platform.phpVersions)('https on PHP %s', (php) => {
	const run = curlCode(useScripts({ php }), 'https', secure);

	test.runIf(trusts)('streams and curl read what fetch() gets', async () => {
		const answers = await run(
			`return [
				json_decode(file_get_contents("$url/echo?a"))->url, json_decode(curl_exec($curl('/echo?b')))->url,
				$GLOBALS['warnings'],
			];`,
		);
		expect(answers).toEqual(['/echo?a', '/echo?b', []]);
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

describe.runIf(trusts)('https', () => {
	const log = new CapturingLogger();
	const run = curlCode(useScripts({ log }), 'https', secure);

	test('carries 5 MB both ways, also when the connection ends with the answer', async () => {
		const [expected, ...digests] = await run<string[]>(
			`$streamed = file_get_contents("$url/megabytes");
			$curled = curl_exec($curl('/megabytes'));
			$closed = curl_exec($curl('/megabytes', [CURLOPT_HTTPHEADER => ['Connection: close']]));
			return [
				file_get_contents("$url/megabytes/digest"), hash('sha256', $streamed), hash('sha256', $curled),
				hash('sha256', $closed), curl_exec($curl('/digest', [CURLOPT_POSTFIELDS => $streamed])),
			];`,
		);
		expect(digests).toEqual([expected, expected, expected, expected]);
		expect(log.records.filter(({ level }) => level === 'warn')).toEqual([]);
	});

	test('three requests at once by curl', async () => {
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

	test('answers of an event stream come one by one', async () => {
		const lines = await run(
			`$f = fopen("$url/half?key=secure", 'r');
			$first = fgets($f);
			file_get_contents("$url/rest?key=secure");
			return [$first, fgets($f), fgets($f), feof($f)];`,
		);
		expect(lines).toEqual(['first\n', 'second\n', false, true]);
	});
});
