import type { Item } from './model/records.ts';
import { describe } from './view/items.ts';

export type TooltipState = { readonly item: Item; readonly x: number; readonly y: number };

/** What the pointer is over, in short; beside the pointer. */
export function Tooltip({ item, x, y, origin, now }: TooltipState & { readonly origin: number; readonly now: number }) {
	const { title, facts } = describe(item, origin, now);
	const shown = facts.filter(({ label }) => SHOWN.has(label));
	return (
		<div class="timeline-tooltip" aria-hidden="true" style={{ '--x': `${x}px`, '--y': `${y}px` }}>
			<strong>{title}</strong>
			{shown.map(({ label, value }) => (
				<span key={label}>
					{label} {value}
				</span>
			))}
		</div>
	);
}

const SHOWN = new Set(['took', 'so far', 'readers', 'blocked in get_vars()', 'reason', 'delay']);
