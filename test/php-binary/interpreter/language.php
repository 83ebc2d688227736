<?php

/** What PHP's language does besides going on to the next opcode, often enough that every way through a handler is taken. */

final class Noisy
{
	/** @var list<string> */
	public static array $log = [];

	public function __construct(private string $name)
	{
	}

	public function __destruct()
	{
		self::$log[] = "gone $this->name";
	}

	public function __get(string $name): string
	{
		return "no $name";
	}

	public function __call(string $name, array $arguments): array
	{
		return [$name, ...$arguments];
	}
}

final class FailsAtTheEnd
{
	public function __destruct()
	{
		throw new DomainException('in a destructor');
	}
}

function numbers(int $count): Generator
{
	try {
		for ($i = 0; $i < $count; $i++) {
			if ((yield $i => $i * 2) === 'stop') {
				return 'stopped';
			}
		}
		return 'done';
	} finally {
		Noisy::$log[] = "left $count";
	}
}

function delegated(): Generator
{
	yield 'result' => yield from numbers(3);
	yield from [7, 8];
}

function failing(int $how): string
{
	try {
		try {
			return match ($how % 6) {
				0 => throw new LogicException("L$how"),
				1 => "returned $how",
				2 => (function () {
					$fails = new FailsAtTheEnd();
					unset($fails);
					return 'not here';
				})(),
				3 => not_a_function(),
				4 => (fn(int $number) => (string) $number)("no $how"),
			};
		} catch (LogicException $error) {
			throw new RuntimeException("R$how", $how, $error);
		} finally {
			Noisy::$log[] = "finally $how";
			if ($how === 7) {
				return 'overridden';
			}
		}
	} catch (Exception $error) {
		return get_class($error) . ($error->getPrevious()?->getMessage() ?? '');
	}
}

function &element(array &$array, string $key): mixed
{
	$array[$key] ??= [];
	return $array[$key];
}

function round_of(int $n): array
{
	$seen = [];
	foreach (delegated() as $key => $value) {
		$seen[] = "$key=$value";
		if ($n % 3 === 0 && $value === 4) {
			break;
		}
	}
	$generator = numbers(5);
	$generator->current();
	$generator->send('stop');
	$seen[] = $generator->getReturn();
	for ($how = 0; $how < 12; $how++) {
		try {
			$seen[] = failing($how);
		} catch (Error $error) {
			$seen[] = get_class($error);
		}
	}
	$fiber = new Fiber(function (int $start): int {
		$sum = $start;
		foreach (numbers(4) as $number) {
			try {
				$sum += Fiber::suspend($sum + $number);
			} catch (Exception) {
				$sum += 100;
			}
		}
		return $sum;
	});
	$seen[] = $fiber->start($n);
	while (!$fiber->isTerminated()) {
		$seen[] = count($seen) % 4 === 0 ? $fiber->throw(new Exception()) : $fiber->resume($n);
	}
	$seen[] = $fiber->getReturn();
	$noisy = new Noisy("first $n");
	$seen[] = [$noisy->missing, $noisy->call(1, $n)];
	$noisy = new Noisy('second');
	$array = [];
	$inside = &element($array, 'key');
	$inside['deep'][$n % 4][] = $n;
	unset($inside);
	foreach ($array as $key => &$value) {
		$value['again'] = $key;
	}
	unset($value, $array['key']['deep'][3]);
	['key' => ['again' => $again]] = $array;
	[$a, [, $b]] = [$n, [1, $n + 1]];
	[$a, $b] = [$b, $a];
	$text = 'text';
	$text[0] = 'T';
	$text .= $text[-1] . "$a-{$b}" . $again;
	$large = PHP_INT_MAX - 1 + $n % 3;
	$large++;
	$null = null;
	$null ??= $n <=> 5;
	$seen[] = [$array, $text, $large, $null, $n / 4, 7 % ($n + 1), -$n, ~$n, !$n, $n ?: 'zero', $n > 3 && $n < 9 || $n === 20];
	switch ("case $n") {
		case 'case 1':
			$seen[] = 'one';
			// On to the next.
		case 'case 2':
			$seen[] = 'two';
			break;
		default:
			$seen[] = 'other';
	}
	$numbers = [5, $n, 1, 9];
	usort($numbers, fn($x, $y) => $y <=> $x);
	$seen[] = [$numbers, array_map(static fn($x) => $x ** 2, array_filter($numbers, fn($x) => $x & 1))];
	$seen[] = eval('return $n * 2;');
	return [$seen, Noisy::$log];
}

$hash = '';
for ($n = 0; $n < 400; $n++) {
	Noisy::$log = [];
	$round = json_encode(round_of($n), JSON_THROW_ON_ERROR | JSON_PARTIAL_OUTPUT_ON_ERROR);
	$hash = md5($hash . $round);
	if ($n < 25) {
		echo $round, "\n";
	}
}
echo $hash, "\n";
