import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { LogRecord } from '../host/protocol.ts';
import { timeOfDay } from './figures.ts';
import { clearLog, LEVELS, type LoggedRecord, logRecords } from './log-book.ts';

/** The most that are in the document. */
const MOST_SHOWN = 300;
/** Pixels from the end that still count as the end. */
const NEAR = 24;

/** The log, filtered by level and source; it follows the end while it is scrolled there. */
export function LogView() {
	const [least, setLeast] = useState<LogRecord['level']>('info');
	const [source, setSource] = useState<string>();
	const [follows, setFollows] = useState(true);
	const list = useRef<HTMLOListElement>(null);
	const all = logRecords.value;
	const sources = [...new Set(all.map((record) => record.source))].sort();
	const shown = all.filter((record) => isAtLeast(record, least) && (source === undefined || record.source === source));

	useLayoutEffect(() => {
		if (follows && list.current) list.current.scrollTop = list.current.scrollHeight;
	});
	return (
		<div class="log">
			<div class="field-row filters">
				<select
					aria-label="Least level"
					value={least}
					onChange={(event) => setLeast(LEVELS.find((level) => level === event.currentTarget.value) ?? 'debug')}
				>
					{LEVELS.map((level) => (
						<option key={level} value={level}>
							{level === 'debug' ? 'all levels' : level === 'error' ? 'error' : `${level} and above`}
						</option>
					))}
				</select>
				<select
					aria-label="Source"
					value={source === undefined ? -1 : sources.indexOf(source)}
					onChange={(event) => setSource(sources[Number(event.currentTarget.value)])}
				>
					<option value={-1}>all sources</option>
					{sources.map((name, index) => (
						<option key={name} value={index}>
							{name === '' ? 'server' : name}
						</option>
					))}
				</select>
				<span class="spring" />
				{!follows && (
					<button type="button" class="link" onClick={() => setFollows(true)}>
						Follow
					</button>
				)}
				<button type="button" class="link" onClick={clearLog}>
					Clear
				</button>
			</div>
			<ol
				ref={list}
				class="records"
				// biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard has to get there
				tabIndex={0}
				aria-label="Log"
				onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) =>
					setFollows(scrollHeight - scrollTop - clientHeight < NEAR)
				}
			>
				{shown.length === 0 && (
					<li class="empty">{all.length === 0 ? 'Nothing logged yet.' : 'Nothing passes the filter.'}</li>
				)}
				{shown.slice(-MOST_SHOWN).map((record) => (
					<Row key={record.id} record={record} />
				))}
			</ol>
		</div>
	);
}

function Row({ record: { at, level, message, source } }: { record: LoggedRecord }) {
	return (
		<li data-level={level}>
			<time>{timeOfDay(at)}</time>
			<span class="level">{level}</span>
			{source !== '' && <span class="source">{source}</span>}
			<span class="message">{message}</span>
		</li>
	);
}

function isAtLeast(record: LogRecord, least: LogRecord['level']): boolean {
	return LEVELS.indexOf(record.level) >= LEVELS.indexOf(least);
}
