import type { BrowserServer, SidekickInfo, TraceEvent } from '../../../src/browser.ts';
import type { HostMessage, SidekickView, SnapshotVariable } from './protocol.ts';

/** Milliseconds between two states. */
const PERIOD = 250;
/** Of the rate. */
const WINDOW = 1000;
/** Characters of a value that are shown. */
const SHOWN_VALUE = 4096;
/** Variables of a snapshot that are shown. */
const SHOWN_VARIABLES = 200;

/** Reports regularly how the threads and sidekicks of an app are doing. */
export class StateFeed {
	readonly #tell: (message: HostMessage) => void;
	readonly #decoder = new TextDecoder();
	/** When the answers of the last second were given. */
	#answers: number[] = [];
	/** By name: a snapshot is only decoded when it has changed. */
	#variables = new Map<string, { version: number; variables: SnapshotVariable[] }>();
	#timer: ReturnType<typeof setInterval> | undefined;

	constructor(tell: (message: HostMessage) => void) {
		this.#tell = tell;
	}

	/** Counts answers, for the rate. */
	count(events: readonly TraceEvent[]): void {
		const now = performance.now();
		for (const { type } of events) if (type === 'answered') this.#answers.push(now);
	}

	follow(server: BrowserServer): void {
		const tell = (): void => {
			const since = performance.now() - WINDOW;
			const first = this.#answers.findIndex((at) => at >= since);
			this.#answers = first < 0 ? [] : this.#answers.slice(first);
			this.#tell({
				type: 'state',
				sidekicks: server.sidekicks.list().map((info) => this.#view(server, info)),
				threads: server.threads(),
				rate: (this.#answers.length * 1000) / WINDOW,
			});
		};
		tell();
		this.#timer = setInterval(tell, PERIOD);
	}

	close(): void {
		clearInterval(this.#timer);
	}

	#view(server: BrowserServer, info: SidekickInfo): SidekickView {
		const known = this.#variables.get(info.name);
		if (known?.version === info.version) return { ...info, variables: known.variables };
		const { version = 0, entries = [] } = server.sidekicks.snapshot(info.name) ?? {};
		const variables = entries.slice(0, SHOWN_VARIABLES).map(({ key, size, value }) => ({
			key,
			size,
			value: this.#decoder.decode(value.subarray(0, SHOWN_VALUE)),
		}));
		this.#variables.set(info.name, { version, variables });
		return { ...info, variables };
	}
}
