import { batch, computed, effect, signal } from '@preact/signals';
import type { ConsoleAnswer, ConsoleRequest } from '../host/protocol.ts';
import { notify } from './notices.ts';
import { host, phase, startNumber } from './runtime.ts';
import { FIRST_PATH } from './scenarios.ts';
import { scenario } from './workspace.ts';

/** A request that was sent, and its answer once it has arrived. */
export type Exchange = {
	readonly id: number;
	readonly request: ConsoleRequest;
	/** Milliseconds since 1970. */
	readonly sentAt: number;
	readonly answer?: ConsoleAnswer;
	/** No answer will come; a sentence. */
	readonly failure?: string;
};

/** Older ones are forgotten. */
const MOST = 50;
/** Answers are cut to this many characters on display, to keep the page quick. */
const MOST_BODY = 100_000;
let lastId = 0;

/** What the form holds. */
export const draft = signal<ConsoleRequest>({ method: 'GET', path: '/', body: '' });
/** Newest first. */
export const exchanges = signal<readonly Exchange[]>([]);
/** The one whose answer is shown; undefined = the newest. */
export const chosenExchange = signal<number | undefined>(undefined);
export const shownExchange = computed(
	() => exchanges.value.find(({ id }) => id === chosenExchange.value) ?? exchanges.value[0],
);
/** The load that runs now. */
export const runningLoad = signal<{ readonly request: ConsoleRequest; readonly perSecond: number } | undefined>(
	undefined,
);
/** What the form holds for the load. */
export const loadPerSecond = signal(20);

/** Gives the console what the scenario suggests, whenever another one is chosen, and forgets the load at each start. */
export function followScenario(): void {
	effect(() => {
		const { requests, load } = scenario.value;
		const { method, path, body } = requests[0] ?? { method: 'GET', path: FIRST_PATH, body: '' };
		batch(() => {
			// What suits a load suits a single request, too.
			draft.value = load === undefined ? { method, path, body } : { method: 'GET', path: load.path, body: '' };
			loadPerSecond.value = load?.perSecond ?? 20;
			exchanges.value = [];
			chosenExchange.value = undefined;
		});
	});
	effect(() => {
		if (startNumber.value >= 0 && phase.value !== 'running') runningLoad.value = undefined;
	});
}

/** Sends a request this many times at once. */
export function send(request: ConsoleRequest, times: number): void {
	chosenExchange.value = undefined;
	for (let index = 0; index < times; index++) void sendOnce(request);
}

async function sendOnce(request: ConsoleRequest): Promise<void> {
	const id = ++lastId;
	exchanges.value = [{ id, request, sentAt: Date.now() }, ...exchanges.value].slice(0, MOST);
	const end = (what: Pick<Exchange, 'answer'> | Pick<Exchange, 'failure'>) => {
		exchanges.value = exchanges.value.map((exchange) => (exchange.id === id ? { ...exchange, ...what } : exchange));
	};
	try {
		const answer = await host()?.request(request);
		if (answer === undefined) end({ failure: 'The app does not run.' });
		else end({ answer: { ...answer, body: cut(answer.body) } });
	} catch (error) {
		end({ failure: error instanceof Error ? error.message : String(error) });
	}
}

/** Starts a steady load, or changes it; 0 ends it. */
export function load(request: ConsoleRequest, perSecond: number): void {
	runningLoad.value = perSecond > 0 ? { request, perSecond } : undefined;
	host()
		?.load(request, perSecond)
		.catch((error: unknown) => {
			runningLoad.value = undefined;
			notify('warning', `The load did not start: ${error instanceof Error ? error.message : error}`);
		});
}

function cut(body: string): string {
	return body.length > MOST_BODY ? `${body.slice(0, MOST_BODY)}\n… cut here, of ${body.length} characters` : body;
}
