import { mkdirSync, mkdtempSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serve } from 'igor-php';
import type { AppSettings } from '../../../playground/src/host/protocol.ts';
import type { ScenarioDescription } from '../../../playground/src/page/scenario.ts';
import { readScenarioFiles } from '../../../scripts/playground-scenarios.mjs';
import type { Server } from '../../../src/index.ts';
import { CapturingLogger } from '../../support/capturing-logger.ts';

const SCENARIOS = fileURLToPath(new URL('../../../playground/scenarios', import.meta.url));

/** The state of a page, as `?format=json` shows it. */
export type State = Readonly<Record<string, string | number | boolean>>;

/** The names of the scenarios, in their order. */
export const NAMES = JSON.parse(readFileSync(join(SCENARIOS, 'order.json'), 'utf8')) as readonly string[];

/** The folder of a scenario in the repository. */
export function folderOf(name: string): string {
	return join(SCENARIOS, name);
}

/** The files of a scenario by path, with those that it has in common with others. */
export function filesOf(name: string): Map<string, string> {
	return new Map(Object.entries(readScenarioFiles(SCENARIOS, name)));
}

/** What its scenario.json says. */
export function descriptionOf(name: string): ScenarioDescription {
	return JSON.parse(readFileSync(join(folderOf(name), 'scenario.json'), 'utf8')) as ScenarioDescription;
}

/** A scenario that runs, on a copy of its folder. */
export class Scenario implements AsyncDisposable {
	readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'igor-scenario-')));
	readonly log = new CapturingLogger();
	server!: Server;

	/** `files` replace those of the copy before the start; `change` makes other settings of the scenario's own. */
	static async start(
		name: string,
		files: Readonly<Record<string, string>> = {},
		change: (settings: AppSettings) => AppSettings = (settings) => settings,
	): Promise<Scenario> {
		const scenario = new Scenario();
		const { folder, log } = scenario;
		const home = process.cwd();
		const settings = change(descriptionOf(name).settings);
		const { root, workers, threads, sidekickEntrypoint, sidekickEager, backgroundWorkers, timeLimit, stopTimeout } =
			settings;
		try {
			for (const [file, content] of filesOf(name)) scenario.write(file, content);
			for (const [file, content] of Object.entries(files)) scenario.write(file, content);
			// As on the command line: PHP sees the current directory, and the paths are relative to it.
			process.chdir(folder);
			scenario.server = await serve({
				root,
				listen: false,
				workers,
				threads,
				sidekickEntrypoint,
				sidekickEager: sidekickEager ?? [],
				backgroundWorkers: backgroundWorkers ?? [],
				phpIni: { max_execution_time: String(timeLimit) },
				stopTimeout,
				log,
			});
		} catch (error) {
			rmSync(folder, { recursive: true, force: true });
			throw error;
		} finally {
			process.chdir(home);
		}
		return scenario;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.server.close();
		rmSync(this.folder, { recursive: true, force: true });
	}

	/** All of a file at once, as the editor of the playground writes it. */
	write(file: string, content: string): void {
		const path = join(this.folder, file);
		mkdirSync(dirname(path), { recursive: true });
		writeFileSync(`${path}.new`, content);
		renameSync(`${path}.new`, path);
	}

	/** The text of an answer, which has to be a success. */
	async get(path: string, init: RequestInit = {}): Promise<string> {
		const response = await this.server.fetch(path, { ...init, signal: AbortSignal.timeout(20_000) });
		const text = await response.text();
		if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
		return text;
	}

	/** The state of the page. */
	async state(query = ''): Promise<State> {
		return JSON.parse(await this.get(`/?format=json${query}`)) as State;
	}

	/** Sends a form of the page; the state after it. */
	async post(form: Readonly<Record<string, string>>): Promise<State> {
		const text = await this.get('/?format=json', { method: 'POST', body: new URLSearchParams(form) });
		if (!text.startsWith('{')) throw new Error(`No state: ${text}`);
		return JSON.parse(text) as State;
	}

	/** Asks for the state again and again, each time with success, until `condition` holds; all states, in order. */
	async watch(what: string, condition: (state: State) => boolean, seconds = 10): Promise<State[]> {
		const deadline = performance.now() + seconds * 1000;
		const states: State[] = [];
		for (;;) {
			const state = await this.state();
			states.push(state);
			if (condition(state)) return states;
			if (performance.now() > deadline) {
				throw new Error(`Waited ${seconds} seconds in vain for ${what}; last: ${JSON.stringify(state)}.`);
			}
			await new Promise((resolve) => setTimeout(resolve, 5));
		}
	}
}
