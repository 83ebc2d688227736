import bundled from 'igor:scenarios';
import type { Scenario } from './scenario.ts';

/** All of them, in the order of the chooser; at least one. */
export const scenarios: readonly Scenario[] = bundled;

/** The first one when there is none of this name. */
export function scenarioNamed(name: string | undefined): Scenario {
	const found = scenarios.find((scenario) => scenario.name === name) ?? scenarios[0];
	if (found === undefined) throw new Error('The page was built without scenarios; build it again.');
	return found;
}

/** The path that the frame shows first: what a steady load asks for may be no page. */
export const FIRST_PATH = '/';
