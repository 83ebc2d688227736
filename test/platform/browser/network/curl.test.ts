import { describe, expect, inject, test } from 'vitest';
import { useScripts } from '../../../php-thread/sockets/php-script.ts';
import { curlCode } from './curl-code.ts';

const { plain, withoutCors } = inject('origins');

describe('curl', () => {
	const scripts = useScripts();
	const run = curlCode(scripts, 'http', plain);

	test('gets and posts, twice by one handle', async () => {
		const result = await run(
			`$get = $curl('/echo?one', [CURLOPT_HTTPHEADER => ['X-Asked: by curl']]);
			$first = json_decode(curl_exec($get));
			curl_setopt_array($get, [CURLOPT_URL => "$url/echo?two", CURLOPT_POSTFIELDS => ['field' => 'value']]);
			$second = json_decode(curl_exec($get));
			return [
				$first->method, $first->url, $first->headers->{'x-asked'}, $second->method, $second->url,
				str_contains($second->body, 'name="field"'), curl_getinfo($get, CURLINFO_NUM_CONNECTS),
			];`,
		);
		expect(result).toEqual(['GET', '/echo?one', 'by curl', 'POST', '/echo?two', true, 0]);
	});

	test('knows the head of an answer, and of one without a body', async () => {
		const result = await run(
			`$seen = [];
			$get = $curl('/missing', [CURLOPT_HEADERFUNCTION => function ($curl, $line) use (&$seen) {
				$seen[] = trim($line);
				return strlen($line);
			}]);
			$body = curl_exec($get);
			$head = $curl('/megabytes', [CURLOPT_NOBODY => true]);
			curl_exec($head);
			return [
				$body, curl_getinfo($get, CURLINFO_RESPONSE_CODE), $seen[0], in_array('content-type: text/plain', $seen),
				curl_getinfo($head, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T),
			];`,
		);
		expect(result).toEqual(['nothing here', 404, 'HTTP/1.1 404 Not Found', true, 5 * 1024 * 1024]);
	});

	test('uploads 5 MB, for which it waits to be told to continue', async () => {
		const [sent, expected, error] = await run<string[]>(
			`$bytes = curl_exec($curl('/megabytes'));
			$post = $curl('/digest', [CURLOPT_POSTFIELDS => $bytes, CURLOPT_HTTPHEADER => ['Content-Type: text/plain', 'Expect: 100-continue']]);
			return [curl_exec($post), hash('sha256', $bytes), curl_error($post)];`,
		);
		expect(error).toBe('');
		expect(sent).toBe(expected);
	});

	test('three requests at once, each of which is answered only when all have come', async () => {
		const [answers, looks] = await run<[string[], number]>(
			`$multi = curl_multi_init();
			foreach ([1, 2, 3] as $i) curl_multi_add_handle($multi, $handles[] = $curl("/together?$i"));
			$looks = 0;
			do {
				curl_multi_exec($multi, $running);
				if ($running) curl_multi_select($multi, 5);
			} while ($running && ++$looks < 1000);
			return [array_map(curl_multi_getcontent(...), $handles), $looks];`,
		);
		expect(answers).toEqual(['together', 'together', 'together']);
		expect(looks).toBeLessThan(200);
	});

	test('a time limit ends a request', async () => {
		const [result, errno] = await run<[boolean, number]>(
			`$never = $curl('/never', [CURLOPT_TIMEOUT_MS => 200]);
			return [curl_exec($never), curl_errno($never)];`,
		);
		expect([result, errno]).toEqual([false, 28]);
	});

	test('a host that cannot be read is a gateway that fails: 502, with the reason', async () => {
		const [status, body] = await scripts().run<[number, string]>(
			`$curl = curl_init("http://localhost:{$_GET['port']}/");
			curl_setopt($curl, CURLOPT_RETURNTRANSFER, true);
			$body = curl_exec($curl);
			return [curl_getinfo($curl, CURLINFO_RESPONSE_CODE), $body];`,
			{ port: withoutCors },
		);
		expect(status).toBe(502);
		expect(body).toContain('does not let this page read it (CORS)');
	});
});
