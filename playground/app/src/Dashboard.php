<?php

declare(strict_types=1);

/**
 * Answers requests with what the sidekicks published, as a page or (`/?json`) as JSON. In a worker one Dashboard
 * lives as long as its thread; in a classic script each request makes a new one.
 */
final class Dashboard
{
	private const SIDEKICKS = ['feature-flags', 'machine-load'];

	/** Tells this thread from its siblings. */
	private readonly string $thread;
	private int $answered = 0;

	public function __construct(private readonly string $mode)
	{
		$this->thread = bin2hex(random_bytes(3));
	}

	public function answer(): void
	{
		++$this->answered;
		$state = $this->state();
		header('Cache-Control: no-store');
		if (isset($_GET['json'])) {
			header('Content-Type: application/json');
			// A snapshot may carry any bytes; JSON may not.
			$safe = JSON_THROW_ON_ERROR | JSON_INVALID_UTF8_SUBSTITUTE;
			echo json_encode($state, $safe | JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE), "\n";
		} else {
			header('Content-Type: text/html; charset=utf-8');
			(static function (array $state): void {
				require __DIR__ . '/page.php';
			})($state);
		}
	}

	/** @return array<string, mixed> all that page.php and app.js show */
	private function state(): array
	{
		$error = null;
		$snapshots = [];
		$start = hrtime(true);
		try {
			$snapshots = self::snapshots();
		} catch (RuntimeException $e) {
			$error = $e->getMessage();
		}
		$micros = (hrtime(true) - $start) / 1000;

		return [
			'thread' => $this->thread,
			'answered' => $this->answered,
			'mode' => $this->mode,
			'server' => PHP_SAPI . ', PHP ' . PHP_VERSION,
			'read_in' => sprintf('%.1F µs', $micros),
			'error' => $error,
			'sidekicks' => array_map(self::withAge(...), $snapshots),
		];
	}

	/** @return array<string, array<string, string>> the latest snapshot of each sidekick */
	private static function snapshots(): array
	{
		if (function_exists('frankenphp_sidekick_get_vars')) {
			// Blocks only the first time, until both have published once; both start at the same moment.
			return frankenphp_sidekick_get_vars(self::SIDEKICKS, timeout: 10.0);
		}

		// A server without sidekicks, such as `php -S`: look for ourselves, in the request.
		require_once __DIR__ . '/FeatureFlags.php';
		require_once __DIR__ . '/MachineLoad.php';
		ob_start(); // What a sidekick prints is for the log.
		$app = dirname(__DIR__);
		$snapshots = [
			'feature-flags' => (new FeatureFlags("$app/config/flags.json"))->observe(),
			'machine-load' => (new MachineLoad($app))->observe(),
		];
		ob_end_clean();
		return $snapshots;
	}

	/**
	 * @param array<string, string> $vars
	 * @return array{age: string, vars: array<string, string>}
	 */
	private static function withAge(array $vars): array
	{
		$age = max(0.0, microtime(true) - (float) $vars['PUBLISHED_AT']);
		unset($vars['PUBLISHED_AT']);
		return ['age' => sprintf($age < 10 ? '%.1F s' : '%.0F s', $age), 'vars' => $vars];
	}
}
