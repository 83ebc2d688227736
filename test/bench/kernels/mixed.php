<?php

/** What programs do all day: opcodes and PHP's functions, half and half. mixed.php [SECONDS FOR EACH] */

require __DIR__ . '/measure.php';

final class Point
{
	public function __construct(public int $x = 0, public int $y = 0)
	{
	}

	public function move(int $by): int
	{
		return $this->x += $by;
	}
}

function ackermann(int $m, int $n): int
{
	return $m === 0 ? $n + 1 : ackermann($m - 1, $n === 0 ? 1 : ackermann($m, $n - 1));
}

$lines = str_repeat("2026-12-01 GET /chairs/17 200 1843\n", 400);
$markup = str_repeat('<p class="a">Tom & \'Jerry\' {name}</p>', 400);
$records = array_map(
	fn($id) => ['id' => $id, 'title' => "Chair $id", 'price' => $id / 4, 'tags' => ['wood', 'blue']],
	range(1, 300),
);
mt_srand(7);
$numbers = array_map(fn() => mt_rand(), range(1, 8000));

measure([
	'count' => function () {
		$sum = 0;
		for ($i = 0; $i < 60000; $i++) {
			$sum ^= $i * 3;
		}
		return $sum;
	},
	'recursion' => fn() => ackermann(2, 30),
	'methods' => function () {
		$point = new Point();
		for ($i = 0; $i < 15000; $i++) {
			$point->move(2);
		}
		return $point->x;
	},
	'append' => function () {
		$text = '';
		for ($i = 0; $i < 15000; $i++) {
			$text .= 'no. ' . $i;
		}
		return strlen($text);
	},
	'hash' => function () {
		$seen = [];
		for ($i = 0; $i < 12000; $i++) {
			$seen['id' . $i % 900] = $i;
		}
		return count($seen);
	},
	'sort' => function () use ($numbers) {
		sort($numbers);
		return $numbers[0];
	},
	'usort' => function () use ($records) {
		usort($records, fn($a, $b) => $b['price'] <=> $a['price']);
		return $records[0]['id'];
	},
	'preg_match_all' => fn() => preg_match_all('~^(\S+) (GET|POST) /(\w+)/(\d+) (\d{3})~m', $lines, $found),
	'preg_replace' => fn() => strlen(
		preg_replace_callback('/\{(\w+)\}/', fn($found) => ucfirst($found[1]), $markup),
	),
	'sha1' => function () {
		$sum = '';
		for ($i = 0; $i < 4000; $i++) {
			$sum = sha1($sum . $i);
		}
		return $sum;
	},
	'json' => fn() => count(json_decode(json_encode($records), true)),
	'serialize' => fn() => count(unserialize(serialize($records))),
	'escape' => fn() => strlen(htmlspecialchars($markup)),
	'replace' => fn() => strlen(str_replace(['Tom', 'Jerry'], ['Thomas', 'J.'], $markup)),
	'explode' => fn() => array_sum(array_map(fn($line) => (int) substr(strrchr($line, ' '), 1), explode("\n", trim($lines)))),
	'format' => function () {
		$length = 0;
		for ($i = 0; $i < 2500; $i++) {
			$length += strlen(sprintf('%05d %s %.2f', $i, trim(" $i "), $i / 3));
		}
		return $length;
	},
	'filter' => fn() => array_sum(array_map(fn($n) => $n & 255, array_filter($numbers, fn($n) => $n % 3 === 0))),
	'yield' => function () {
		$sum = 0;
		foreach ((function () {
			for ($i = 0; $i < 12000; $i++) {
				yield $i => $i + 1;
			}
		})() as $key => $value) {
			$sum += $key ^ $value;
		}
		return $sum;
	},
	'throw' => function () {
		$caught = 0;
		for ($i = 0; $i < 3000; $i++) {
			try {
				throw new RuntimeException('no');
			} catch (RuntimeException) {
				$caught++;
			}
		}
		return $caught;
	},
]);
