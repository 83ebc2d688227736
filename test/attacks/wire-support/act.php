<?php
// Does what the query says, step by step: [["header", base64, replace], ["echo", text], …] as base64 of JSON.
function act(): void
{
	foreach (json_decode(base64_decode($_GET['do'] ?? ''), true) ?? [] as $step) {
		switch ($step[0]) {
			case 'header': @header(base64_decode($step[1]), $step[2] ?? false); break;
			case 'status': http_response_code($step[1]); break;
			case 'echo': echo $step[1]; break;
			case 'many': for ($i = 0; $i < $step[1]; $i++) header("X-Many-$i: " . str_repeat('v', $step[2]), false); break;
			case 'flush': flush(); break;
			case 'sleep': usleep($step[1] * 1000); break;
			case 'spin': set_time_limit(1); while (true);
			case 'hints': headers_send(103); break;
			case 'remove': header_remove($step[1]); break;
			case 'finish': frankenphp_finish_request(); break;
			case 'buffer': ob_start($step[1] ?? null); break;
			case 'file': readfile(__DIR__ . '/' . $step[1]); break;
			case 'fatal': undefined_function_of_the_test(); break;
			case 'server': echo json_encode([$_SERVER['HTTP_HOST'] ?? null, $_SERVER['REQUEST_URI'],
				array_filter($_SERVER, static fn ($name) => str_starts_with($name, 'HTTP_X'), ARRAY_FILTER_USE_KEY), $_GET]); break;
		}
	}
}
