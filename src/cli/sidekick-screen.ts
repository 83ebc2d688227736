import type { EventSourceMessage } from 'eventsource-parser';
import type { SidekickView } from '../admin/sidekick-view.ts';
import type { AdminClient } from './admin-client.ts';
import { type EventListener, eventLine } from './sidekick-events.ts';
import { tableLines } from './sidekick-table.ts';
import { cut } from './terminal-text.ts';

const CLEAR = '\u001b[2J';
const HOME = '\u001b[H';
const TO_LINE_END = '\u001b[K';
const TO_SCREEN_END = '\u001b[J';
const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
/** Lines for the last events. */
const EVENTS = 8;
/** Milliseconds between two looks without an event: a publication is none, and ages grow. */
const TICK = 1000;

/** The table of sidekicks on a terminal, redrawn whenever something happens. */
export class SidekickScreen implements EventListener {
	readonly #client: AdminClient;
	readonly #terminal: NodeJS.WriteStream;
	readonly #colours: boolean;
	readonly #load: () => Promise<readonly SidekickView[]>;
	readonly #events: string[] = [];
	readonly #draw = (): void => this.#redraw();
	#timer: ReturnType<typeof setInterval> | undefined;
	#views: readonly SidekickView[] = [];
	#viewedAt = 0;
	#isLost = false;
	#loading: 'no' | 'yes' | 'again' = 'no';

	constructor(
		client: AdminClient,
		terminal: NodeJS.WriteStream,
		colours: boolean,
		load: () => Promise<readonly SidekickView[]>,
	) {
		this.#client = client;
		this.#terminal = terminal;
		this.#colours = colours;
		this.#load = load;
	}

	open(): void {
		this.#terminal.write(HIDE_CURSOR + CLEAR);
		this.#terminal.on('resize', this.#draw);
		this.#timer = setInterval(() => {
			this.#redraw();
			if (!this.#isLost && this.#loading === 'no') void this.#refresh();
		}, TICK);
	}

	/** Leaves the last picture where it is. */
	close(): void {
		clearInterval(this.#timer);
		this.#terminal.off('resize', this.#draw);
		this.#terminal.write(`${SHOW_CURSOR}\n`);
	}

	connected(): void {
		this.#isLost = false;
		void this.#refresh();
	}

	event(event: EventSourceMessage): void {
		this.#events.push(eventLine(event));
		if (this.#events.length > EVENTS) this.#events.shift();
		void this.#refresh();
	}

	lost(): void {
		this.#isLost = true;
		this.#redraw();
	}

	/** One refresh at a time; what happens meanwhile causes one more. */
	async #refresh(): Promise<void> {
		if (this.#loading !== 'no') {
			this.#loading = 'again';
			return;
		}
		do {
			this.#loading = 'yes';
			try {
				this.#views = await this.#load();
				this.#viewedAt = performance.now();
			} catch {
				// The stream notices, too, and reports it.
			}
			this.#redraw();
		} while ((this.#loading as 'yes' | 'again') === 'again');
		this.#loading = 'no';
	}

	#redraw(): void {
		const { columns: width = 80, rows: height = 24 } = this.#terminal;
		const title = this.#isLost
			? `No server answers at ${this.#client.url} any more; trying again …`
			: `${this.#client.url}   ${this.#views.length} ${this.#views.length === 1 ? 'sidekick' : 'sidekicks'}   Ctrl-C ends`;
		const later = this.#isLost ? 0 : (performance.now() - this.#viewedAt) / 1000;
		const events = this.#events.length > 0 ? ['', ...this.#events.map((line) => cut(line, width))] : [];
		const table = tableLines(this.#views, { width, colours: this.#colours }, later);
		const room = Math.max(2, height - events.length - 3);
		const lines = [cut(title, width), '', ...table.slice(0, room), ...events].slice(0, height - 1);
		this.#terminal.write(HOME + lines.map((line) => line + TO_LINE_END).join('\n') + TO_SCREEN_END);
	}
}
