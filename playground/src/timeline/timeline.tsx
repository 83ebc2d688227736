import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { Details } from './details.tsx';
import { Legend } from './legend.tsx';
import type { TimelineModel } from './model/model.ts';
import type { Item } from './model/records.ts';
import { Toolbar } from './toolbar.tsx';
import { Tooltip, type TooltipState } from './tooltip.tsx';
import { spokenText } from './view/items.ts';
import { KEYS_HELP } from './view/keys.ts';
import { TimelineView } from './view/timeline-view.ts';

export type TimelineProps = {
	/** What to show. The page pushes events to it, also while the timeline is not there. */
	readonly source: TimelineModel;
	/** Hears what is selected; the timeline shows its details by itself. */
	readonly onSelect?: (item: Item | undefined) => void;
	/** The present, milliseconds since 1970; default: the page's clock. */
	readonly now?: () => number;
	/** How much time is shown at first, milliseconds; default 10 s, or 5 s where it is narrow. */
	readonly span?: number;
	/** Hears of the view once it draws, for whoever wants to move it. */
	readonly onView?: (view: TimelineView) => void;
};

/** How often the details are brought up to date, milliseconds. */
const DETAILS_INTERVAL = 250;

/** The live timeline with its buttons, its legend and the details of what is selected. Styles: `timeline.css`. */
export function Timeline({ source, onSelect, now, span, onView }: TimelineProps) {
	const canvas = useRef<HTMLCanvasElement>(null);
	const details = useRef<HTMLElement>(null);
	const [view, setView] = useState<TimelineView>();
	const [selected, setSelected] = useState<Item>();
	const [tooltip, setTooltip] = useState<TooltipState>();
	// What the view tells of itself is read from it: this only draws again.
	const [, redraw] = useState(0);
	const help = useId();

	useEffect(() => {
		if (canvas.current === null) return;
		const view = new TimelineView({
			model: source,
			...(now === undefined ? {} : { now }),
			span: span ?? (canvas.current.clientWidth < 600 ? 5_000 : 10_000),
			onSelect: (item) => {
				setSelected(item);
				setTooltip(undefined);
				onSelect?.(item);
			},
			onOpen: () => details.current?.focus(),
			onHover: (item, x, y) => setTooltip(item === undefined ? undefined : { item, x, y }),
			onChange: () => redraw((count) => count + 1),
		});
		const unmount = view.mount(canvas.current);
		setView(view);
		onView?.(view);
		return unmount;
	}, [source]);

	useEffect(() => {
		if (selected === undefined) return;
		// What is selected may end, or be read: its details are kept up to date.
		let shown = -1;
		const timer = setInterval(() => {
			if (source.revision !== shown || selected.end === Infinity) redraw((count) => count + 1);
			shown = source.revision;
		}, DETAILS_INTERVAL);
		return () => clearInterval(timer);
	}, [source, selected]);

	const isEmpty = Number.isNaN(source.origin);
	return (
		<section class="timeline" aria-label="Timeline">
			{view && <Toolbar view={view} />}
			<div class="timeline-stage">
				<div class="timeline-scroller">
					{/* biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: it has keys of its own, which a reader passes on only so */}
					<canvas
						ref={canvas}
						tabIndex={0}
						role="application"
						aria-roledescription="timeline"
						aria-label="What threads and sidekicks do"
						aria-describedby={help}
						style={{ height: `${Math.max(view?.height ?? 0, 120)}px` }}
					/>
				</div>
				{isEmpty && <p class="timeline-empty">Nothing has happened yet. Run the app, then send it a request.</p>}
				{tooltip && view && <Tooltip {...tooltip} origin={source.origin} now={view.now} />}
			</div>
			<p id={help} class="timeline-unseen">
				{KEYS_HELP}
			</p>
			<p class="timeline-unseen" aria-live="polite">
				{selected && spokenText(selected, source.origin)}
			</p>
			{view && selected && <Details panel={details} item={selected} view={view} />}
			<Legend />
		</section>
	);
}
