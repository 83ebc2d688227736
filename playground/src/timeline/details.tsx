import type { Ref } from 'preact';
import type { Item } from './model/records.ts';
import { describe } from './view/items.ts';
import type { TimelineView } from './view/timeline-view.ts';

type DetailsProps = { readonly panel: Ref<HTMLElement>; readonly item: Item; readonly view: TimelineView };

/** All that is known about what is selected, and where one can go from there. */
export function Details({ panel, item, view }: DetailsProps) {
	const { title, facts, related } = describe(item, view.model.origin, view.now);
	return (
		<aside
			ref={panel}
			class="timeline-details"
			tabIndex={-1}
			aria-label={`Details: ${title}`}
			onKeyDown={({ key }) => {
				if (key === 'Escape') view.select(undefined);
			}}
		>
			<header>
				<h3>{title}</h3>
				<button type="button" onClick={() => view.focusOn(item)} title="Show all of it (Z)">
					Zoom to it
				</button>
				<button type="button" aria-label="Close the details" onClick={() => view.select(undefined)}>
					×
				</button>
			</header>
			<dl>
				{facts.map(({ label, value }) => (
					<div key={label}>
						<dt>{label}</dt>
						<dd>{value}</dd>
					</div>
				))}
			</dl>
			{related.length > 0 && (
				<ul>
					{related.map(({ label, item }) => (
						<li key={`${item.kind} ${item.start} ${label}`}>
							<button type="button" onClick={() => view.select(item, true)}>
								{label}
							</button>
						</li>
					))}
				</ul>
			)}
		</aside>
	);
}
