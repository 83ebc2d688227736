<?php

/** @return array<string, string> as many as asked for, the same in every program */
function variables(int $keys): array
{
	$variables = [];
	for ($i = 0; $i < $keys; $i++) {
		$variables["variable-$i"] = "the value of variable number $i";
	}

	return $variables;
}
