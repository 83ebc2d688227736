import type { Item, Lane, Link, RequestSpan, TaskArrow } from '../model/records.ts';
import { formatDuration, formatMoment } from './ticks.ts';

/** What the details of an item say. */
export type ItemDetails = {
	/** One line: what it is. */
	readonly title: string;
	readonly facts: readonly { readonly label: string; readonly value: string }[];
	/** Where one can go from here. */
	readonly related: readonly { readonly label: string; readonly item: Item }[];
};

const INCIDENTS = {
	crashed: 'crashed',
	failed: 'was given up',
	exited: 'ended by itself',
	stopped: 'stopped',
	'ignored-stop': 'ignored its stop flag and was terminated',
	abandoned: 'was abandoned: its thread did not even report its end',
	lost: 'thread ended in the middle of a request',
	replaced: 'new thread',
} as const;

const PHASES = {
	alive: 'idle',
	starting: 'starting',
	ready: 'ready',
	stopping: 'stopping',
	backoff: 'in back-off',
	failed: 'given up',
} as const;

/** So many tasks of a request are listed. */
const MOST_TASKS = 10;

/** One line about an item. */
export function titleOf(item: Item): string {
	switch (item.kind) {
		case 'request':
			return `${requestName(item)}${item.status > 0 ? ` → ${item.status}` : ''}`;
		case 'wait':
			return `${item.end === Infinity ? 'waits' : 'waited'} for ${item.names.join(', ')}`;
		case 'publication':
			return `${item.name} published version ${item.version}`;
		case 'incident':
			return item.what === 'replaced' ? item.text : `${laneName(item.lane)} ${INCIDENTS[item.what]}`;
		case 'phase':
			if (item.state === 'alive') return `${laneName(item.lane)}: thread ${item.thread ?? '?'}`;
			return `${item.lane.label} ${PHASES[item.state]}${item.attempt > 1 ? `, run ${item.attempt}` : ''}`;
	}
}

/** One line about an item for somebody who does not see the picture. `origin` is the beginning of the recording. */
export function spokenText(item: Item, origin: number): string {
	const parts = [titleOf(item), `at ${formatMoment(item.start - origin, 1)}`];
	if (item.end !== item.start) {
		parts.push(item.end === Infinity ? 'not ended yet' : `for ${formatDuration(item.end - item.start)}`);
	}
	if (item.kind !== 'incident' || item.what !== 'replaced') parts.push(`on ${item.lane ? laneName(item.lane) : '?'}`);
	if (item.kind === 'publication' && item.links.length > 0) parts.push(readers(item.links));
	return parts.join(', ');
}

/** All that is known about an item. `now` in milliseconds since 1970, for what has not ended. */
export function describe(item: Item, origin: number, now: number): ItemDetails {
	const facts: { label: string; value: string }[] = [];
	const related: { label: string; item: Item }[] = [];
	const fact = (label: string, value: string | number | undefined) => {
		if (value !== undefined && value !== '') facts.push({ label, value: String(value) });
	};
	fact('at', `${formatMoment(item.start - origin, 0.1)} (${clockTime(item.start)})`);
	if (item.end === Infinity) fact('so far', formatDuration(Math.max(0, now - item.start)));
	else if (item.end !== item.start) fact('took', formatDuration(item.end - item.start));
	if (item.lane?.group === 'thread') fact('where', laneName(item.lane));
	else fact('thread', item.thread);
	switch (item.kind) {
		case 'request':
			requestFacts(item, fact);
			for (const wait of item.waits) related.push({ label: `${titleOf(wait)}, ${spanText(wait)}`, item: wait });
			for (const link of item.links) {
				related.push({
					label: `${link.woke ? 'woken by' : 'saw'} ${link.publication.name} v${link.publication.version}`,
					item: link.publication,
				});
			}
			break;
		case 'wait':
			fact('names', item.names.join(', '));
			fact('outcome', item.ok === undefined ? undefined : item.ok ? 'got what it asked for' : 'an exception');
			if (item.request !== undefined) related.push({ label: titleOf(item.request), item: item.request });
			if (item.link !== undefined) {
				const { publication } = item.link;
				related.push({ label: `woken by ${publication.name} v${publication.version}`, item: publication });
			}
			break;
		case 'publication':
			fact('version', `${item.version}${item.first ? ', the first of this sidekick' : ''}`);
			fact('readers', item.links.length === 0 ? 'none yet' : readers(item.links));
			for (const link of item.links) {
				if (link.request === undefined) continue;
				const after = formatDuration(link.start - item.start);
				const verb = link.woke ? 'woke' : 'first seen by';
				related.push({ label: `${verb} ${requestName(link.request)} after ${after}`, item: link.request });
			}
			break;
		case 'phase':
			if (item.attempt > 0) fact('run', item.attempt);
			if (item.failures > 0) fact('failures in a row', item.failures);
			if (item.delay > 0) fact('delay', formatDuration(item.delay));
			fact('cause', item.cause);
			fact('reason', item.reason);
			break;
		case 'incident':
			if (item.what !== 'replaced') fact('reason', item.text);
			break;
	}
	return { title: titleOf(item), facts, related };
}

/** `feature-flags`, `index.php, thread 3`. */
function laneName(lane: Lane): string {
	return lane.group === 'sidekick' ? lane.label : `${shortLabel(lane)} (thread ${lane.thread ?? '?'})`;
}

/** The label of a lane; of a path, the end. */
export function shortLabel(lane: Lane): string {
	return lane.group === 'thread' ? lane.label.replace(/^.*\/(?=[^/]+$)/, '') : lane.label;
}

export function requestName(request: RequestSpan): string {
	return request.method === '' ? `request ${request.request}` : `${request.method} ${request.url}`;
}

function requestFacts(item: RequestSpan, fact: (label: string, value: string | number | undefined) => void): void {
	fact('request', `number ${item.request}`);
	if (item.status >= 0) fact('status', item.status === 0 ? 'the client went away' : item.status);
	if (!Number.isNaN(item.submitted))
		fact('waited for a thread', formatDuration(Math.max(0, item.start - item.submitted)));
	let blocked = 0;
	for (const wait of item.waits) if (wait.end !== Infinity) blocked += wait.end - wait.start;
	if (blocked > 0) fact('blocked in get_vars()', formatDuration(blocked));
	for (const [index, task] of item.tasks.slice(0, MOST_TASKS).entries()) {
		fact(`task ${index + 1} for ${task.to.label}`, taskText(task));
	}
	if (item.tasks.length > MOST_TASKS) fact('tasks', `${item.tasks.length} in all`);
	if (item.cut) fact('outcome', 'its thread ended in the middle of it');
}

function taskText({ start, received, end, outcome }: TaskArrow): string {
	if (outcome === undefined) return received === Infinity ? 'not picked up yet' : 'not over yet';
	const after = formatDuration(end - start);
	return outcome === 'timeout' ? `not picked up within ${after}` : `${outcome} after ${after}`;
}

function readers(links: readonly Link[]): string {
	let woke = 0;
	for (const link of links) if (link.woke) woke++;
	const seen = links.length - woke;
	const parts = [];
	if (woke > 0) parts.push(`woke ${woke} ${woke === 1 ? 'reader' : 'readers'}`);
	if (seen > 0) parts.push(`first seen by ${seen}`);
	return parts.join(', ');
}

function spanText(item: Item): string {
	return item.end === Infinity ? 'not ended yet' : formatDuration(item.end - item.start);
}

function clockTime(at: number): string {
	const date = new Date(at);
	const two = (number: number) => String(number).padStart(2, '0');
	return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
