<?php

/** Short pieces of PHP that live on opcodes, not on PHP's functions. kernels.php [SECONDS FOR EACH] */

require __DIR__ . '/measure.php';

final class Node
{
	public function __construct(public int $value, public ?Node $next = null)
	{
	}

	public function add(int $by): int
	{
		return $this->value += $by;
	}

	public static function twice(int $value): int
	{
		return $value * 2;
	}
}

function fibonacci(int $n): int
{
	return $n < 2 ? $n : fibonacci($n - 1) + fibonacci($n - 2);
}

$kernels = [
	'loop' => function () {
		$sum = 0;
		for ($i = 0; $i < 40000; $i++) {
			$sum += $i & 7;
		}
		return $sum;
	},
	'calls' => fn() => fibonacci(16),
	'methods' => function () {
		$node = new Node(0);
		for ($i = 0; $i < 8000; $i++) {
			$node->add(Node::twice($i));
		}
		return $node->value;
	},
	'objects' => function () {
		$list = null;
		for ($i = 0; $i < 3000; $i++) {
			$list = new Node($i, $list);
		}
		$sum = 0;
		for ($node = $list; $node !== null; $node = $node->next) {
			$sum += $node->value;
		}
		return $sum;
	},
	'arrays' => function () {
		$counts = [];
		for ($i = 0; $i < 8000; $i++) {
			$key = 'key' . $i % 200;
			$counts[$key] = ($counts[$key] ?? 0) + $i;
		}
		$sum = 0;
		foreach ($counts as $key => $count) {
			$sum += strlen($key) + $count;
		}
		return $sum;
	},
	'sieve' => function () {
		$isPrime = array_fill(0, 8001, true);
		$found = 0;
		for ($i = 2; $i <= 8000; $i++) {
			if (!$isPrime[$i]) {
				continue;
			}
			$found++;
			for ($multiple = $i * $i; $multiple <= 8000; $multiple += $i) {
				$isPrime[$multiple] = false;
			}
		}
		return $found;
	},
	'floats' => function () {
		$inside = 0;
		for ($y = -10; $y < 10; $y++) {
			for ($x = -20; $x < 10; $x++) {
				$re = $im = 0.0;
				for ($i = 0; $i < 30 && $re * $re + $im * $im < 4.0; $i++) {
					[$re, $im] = [$re * $re - $im * $im + $x / 10, 2.0 * $re * $im + $y / 10];
				}
				$inside += $i;
			}
		}
		return $inside;
	},
	'characters' => function () {
		$text = str_repeat('The quick brown fox jumps. ', 100);
		$words = 0;
		$isInWord = false;
		for ($i = 0, $length = strlen($text); $i < $length; $i++) {
			$character = $text[$i];
			$isLetter = $character !== ' ' && $character !== '.';
			if ($isLetter && !$isInWord) {
				$words++;
			}
			$isInWord = $isLetter;
		}
		return $words;
	},
	'match' => function () {
		$sum = 0;
		for ($i = 0; $i < 6000; $i++) {
			$sum += match (true) {
				$i % 15 === 0 => 15,
				$i % 5 === 0 => 5,
				$i % 3 === 0 => 3,
				default => 1,
			};
			switch ($i & 3) {
				case 0:
					$sum++;
					break;
				case 1:
					$sum += 2;
					break;
				default:
					$sum--;
			}
		}
		return $sum;
	},
	'strings' => function () {
		$html = '';
		for ($i = 0; $i < 3000; $i++) {
			$html .= "<li id=\"item-$i\">" . ($i % 2 === 0 ? 'even' : 'odd') . '</li>';
		}
		return strlen($html);
	},
	'closures' => fn() => array_sum(array_map(fn($n) => $n * 2, array_filter(range(1, 5000), fn($n) => $n % 2 === 1))),
	'generators' => function () {
		$numbers = (function () {
			for ($i = 0; $i < 8000; $i++) {
				yield $i;
			}
		})();
		$sum = 0;
		foreach ($numbers as $number) {
			$sum += $number;
		}
		return $sum;
	},
	'exceptions' => function () {
		$caught = 0;
		for ($i = 0; $i < 1500; $i++) {
			try {
				throw new Exception();
			} catch (Exception) {
				$caught++;
			} finally {
				$caught++;
			}
		}
		return $caught;
	},
];

measure($kernels);
