import type { Scenario } from '../playground/src/page/scenario.ts';

/** All scenarios of the playground, in their order. */
export function readScenarios(playground: string): Scenario[];

/**
 * The files of one scenario, path → text: those of the folders that its description names by `with`, below its own.
 * @param folder the one with all scenarios
 */
export function readScenarioFiles(folder: string, name: string): Record<string, string>;
