import { batch, computed, effect, signal } from '@preact/signals';
import type { PhpVersion, ThreadStatus } from '../../../src/browser.ts';
import type { AppFiles, HostMessage, SidekickView } from '../host/protocol.ts';
import { SETTINGS_FILE } from '../share/settings.ts';
import { emptyFrame, isShown } from './frame.ts';
import { connectHost, type HostConnection } from './host-connection.ts';
import { keepPage } from './keep-page.ts';
import { LiveEdits } from './live-edits.ts';
import { addToLog, clearLog } from './log-book.ts';
import { notify } from './notices.ts';
import { php, progress } from './php.ts';
import { clearPhpErrors, notePhpError } from './php-errors.ts';
import { RequestTracker, runningRequests } from './running-requests.ts';
import { print } from './terminal-text.ts';
import { timeline } from './timeline-model.ts';
import { binaries, files, phpVersion, settingsReading, writtenByApp } from './workspace.ts';

/** What the app does. `blocked` = PHP cannot run in this browser; `failed` = it did not start, or cannot continue. */
export type Phase = 'preparing' | 'blocked' | 'starting' | 'running' | 'failed';

export const phase = signal<Phase>('preparing');
/** What is in the way and what to do, when `blocked`. */
export const obstacle = signal('');
/** Why frames cannot be loaded, though the app runs; '' = they can. */
export const frameObstacle = signal('');
/** Why, when `failed`. */
export const failure = signal('');
export const sidekicks = signal<readonly SidekickView[]>([]);
export const threads = signal<readonly ThreadStatus[]>([]);
/** Answers per second. */
export const rate = signal(0);
/** Grows with each start that gets as far as its threads; the frame shows the app of this start. */
export const startNumber = signal(0);

/** The files with which the app was started. */
const startedWith = signal<AppFiles>({});
/** PHP code differs from what workers and sidekicks have loaded. */
export const needsRun = computed(() => phase.value === 'running' && codeDiffers(startedWith.value, files.value));

/** Milliseconds without any progress after which a start counts as failed. */
const START_SILENCE = 45_000;
const tracker = new RequestTracker();
const edits = new LiveEdits((name, content) => void writeToApp(name, content));
let connection: HostConnection | undefined;
let framesReady: Promise<void> = Promise.resolve();
let current = 0;
let lastSign = 0;

/** The host, once it exists. */
export function host(): HostConnection['host'] | undefined {
	return connection?.host;
}

/** Restarts the app with the visitor's files. */
export async function run(): Promise<void> {
	if (phase.value === 'blocked') return;
	connection ??= connectHost(receive, fail);
	const number = ++current;
	batch(() => {
		phase.value = 'starting';
		failure.value = '';
		writtenByApp.value = {};
		startedWith.value = files.value;
		sidekicks.value = [];
		threads.value = [];
		runningRequests.value = new Map();
		rate.value = 0;
	});
	forget();
	edits.starting(files.value);
	const version = phpVersion.value;
	try {
		if ('sentence' in settingsReading.value) throw new Error(settingsReading.value.sentence);
		const { settings } = settingsReading.value;
		if (startNumber.value > 0) await emptyFrame();
		const started = connection.host.start(files.value, binaries.value, settings);
		void bringPhp(connection.host, version).then(() => showFrame(number));
		await alive(started);
	} catch (error) {
		if (number !== current) return;
		// What is left of it would keep the processors busy.
		tell((host) => host.stop(), 'The start was not stopped');
		fail(sentenceOf(error));
		return;
	}
	// On the first visit, the service worker may need a moment longer.
	await framesReady.catch(() => {});
	// A later start has taken over, and decides what the visitor sees.
	if (number !== current) return;
	phase.value = 'running';
	edits.running();
	performance.mark('igor-running');
	if (number === 1) void firstPage().then(() => keepPage(version));
}

/** Gives up the start that is under way: its code may loop before it takes a request. */
export function stopStart(): void {
	if (phase.value !== 'starting') return;
	current++;
	tell((host) => host.stop(), 'The start was not stopped');
	fail('You stopped the start. Correct the code, then run it again.');
}

/** Resolves when the host has PHP, or knows why it has not. */
async function bringPhp(host: HostConnection['host'], version: PhpVersion): Promise<void> {
	try {
		await host.usePhp(await php(version));
	} catch (error) {
		await host.lackPhp(version, sentenceOf(error));
	}
}

/** The frame asks for its page while the threads boot: it is answered as soon as one of them can. */
async function showFrame(number: number): Promise<void> {
	await framesReady.catch(() => {});
	if (number === current && frameObstacle.value === '') startNumber.value = number;
}

async function writeToApp(name: string, content: string | undefined): Promise<void> {
	if (connection === undefined || phase.value !== 'running') return;
	try {
		await (content === undefined ? connection.host.removeFile(name) : connection.host.writeFile(name, content));
	} catch (error) {
		notify('warning', `The running app did not get ${name}: ${sentenceOf(error)}`);
	}
}

/** Ends a thread at once. */
export function endThread(thread: number): void {
	tell((host) => host.endThread(thread), `Thread ${thread} was not ended`);
}

/** Ends the current run of a sidekick and starts the next. */
export function restartSidekick(name: string): void {
	tell((host) => host.restartSidekick(name), `The sidekick ${name} was not restarted`);
}

/** Ends a sidekick until somebody reads it again. */
export function stopSidekick(name: string): void {
	tell((host) => host.stopSidekick(name), `The sidekick ${name} was not stopped`);
}

function tell(what: (host: HostConnection['host']) => Promise<void>, otherwise: string): void {
	if (connection === undefined) return;
	what(connection.host).catch((error: unknown) => notify('warning', `${otherwise}: ${sentenceOf(error)}`));
}

/** The URL of a path of the app, for the frame. */
export function frameUrl(path: string): string {
	return connection?.frames.url(path) ?? '';
}

/** How long a first page of the app has the computer for itself, milliseconds. */
const FIRST_PAGE_LIMIT = 4000;

/** Resolves when the app has shown its first page, or will not. What can wait must not delay it. */
export function firstPage(): Promise<void> {
	return new Promise((resolve) => {
		const stop = effect(() => {
			const isOff = phase.value === 'blocked' || phase.value === 'failed';
			if (isShown.value || isOff || frameObstacle.value !== '') resolve();
		});
		setTimeout(() => {
			stop();
			resolve();
		}, FIRST_PAGE_LIMIT);
	});
}

/** PHP cannot run here; a sentence says why, and what to do. */
export function block(sentence: string): void {
	obstacle.value = sentence;
	phase.value = 'blocked';
}

/** @param ready resolves when frames can be loaded, rejects with a sentence when they cannot */
export function useFrames(ready: Promise<void>): void {
	framesReady = ready;
	ready.catch((error: unknown) => {
		frameObstacle.value = sentenceOf(error);
	});
}

function fail(sentence: string): void {
	notePhpError(sentence);
	batch(() => {
		failure.value = sentence;
		phase.value = 'failed';
	});
}

/** Forgets what was reported about the previous run. */
function forget(): void {
	clearLog();
	clearPhpErrors();
	tracker.clear();
	timeline.reset();
}

function receive(message: HostMessage): void {
	lastSign = performance.now();
	switch (message.type) {
		case 'starting':
			// What came until now was the end of the previous run.
			forget();
			break;
		case 'progress':
			progress.value = message.progress;
			break;
		case 'trace':
			tracker.follow(message.events);
			timeline.push(message.events);
			break;
		case 'log':
			addToLog(message.records);
			for (const record of message.records) notePhpError(record.message);
			break;
		case 'files':
			edits.appWrote(message.changed);
			break;
		case 'terminal':
			print(...message.texts);
			break;
		case 'state':
			batch(() => {
				sidekicks.value = message.sidekicks;
				threads.value = message.threads;
				rate.value = message.rate;
				runningRequests.value = new Map(tracker.running);
			});
			break;
		case 'fatal':
			fail(message.message);
			break;
	}
}

/** The same, but rejects when there is no progress for too long. */
async function alive(starting: Promise<void>): Promise<void> {
	lastSign = performance.now();
	let timer: ReturnType<typeof setInterval> | undefined;
	let last = progress.peek();
	const silence = new Promise<never>((_, reject) => {
		timer = setInterval(() => {
			if (progress.peek() !== last) lastSign = performance.now();
			last = progress.peek();
			if (performance.now() - lastSign < START_SILENCE) return;
			reject(
				new Error(
					`The app did not start: no sign of progress for ${START_SILENCE / 1000} s. Run it again, or reload the page.`,
				),
			);
		}, 1000);
	});
	try {
		await Promise.race([starting, silence]);
	} finally {
		clearInterval(timer);
	}
}

function sentenceOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}

function codeDiffers(before: AppFiles, after: AppFiles): boolean {
	const names = new Set([...Object.keys(before), ...Object.keys(after)]);
	return [...names].some((name) => before[name] !== after[name] && isCode(name, after[name] ?? before[name] ?? ''));
}

function isCode(name: string, content: string): boolean {
	return name === SETTINGS_FILE || name.endsWith('.php') || content.startsWith('#!') || content.startsWith('<?php');
}
