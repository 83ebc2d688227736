<?php

declare(strict_types=1);

/** What the page shows of both. */
final readonly class Panel
{
	/** @return array<string, string> */
	public function state(): array
	{
		$state = [];
		foreach (frankenphp_sidekick_get_vars(['polite', 'stubborn']) as $name => $vars) {
			$state["$name.count"] = $vars['count'];
			$state["$name.run"] = $vars['run'];
			$state["$name.says"] = $vars['asked_to_stop'] === ''
				? 'runs'
				: sprintf('asked to stop %.1F s ago', microtime(true) - (float) $vars['asked_to_stop']);
			$state["$name.mood"] = $vars['asked_to_stop'] === '' ? 'good' : 'bad';
		}
		return $state;
	}
}
