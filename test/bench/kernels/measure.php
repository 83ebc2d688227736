<?php

/**
 * Runs each function again and again, for as many seconds as the command line says, and prints a line for it: its name,
 * and the fewest microseconds that it took. Twice all of them: the first time code is not optimised yet. The results of a
 * function have to be the same each time.
 *
 * @param array<string, callable> $kernels
 */
function measure(array $kernels): void
{
	$seconds = (float) ($GLOBALS['argv'][1] ?? 0.5);
	$best = $first = [];
	foreach ([...array_keys($kernels), ...array_keys($kernels)] as $name) {
		$end = hrtime(true) + $seconds / 2 * 1e9;
		do {
			$start = hrtime(true);
			$result = $kernels[$name]();
			$best[$name] = min($best[$name] ?? INF, hrtime(true) - $start);
			if ($result !== ($first[$name] ??= $result)) {
				exit("$name gives " . json_encode([$first[$name], $result]) . "\n");
			}
		} while (hrtime(true) < $end);
	}
	foreach ($best as $name => $time) {
		printf("%s %.1f\n", $name, $time / 1e3);
	}
}
