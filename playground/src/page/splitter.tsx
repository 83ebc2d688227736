import { useRef } from 'preact/hooks';
import type { panelShares } from './preferences.ts';

type Group = (typeof panelShares)[keyof typeof panelShares];
type Direction = 'rows' | 'columns';

/** The smallest size of a panel, per cent. */
const LEAST = 10;
/** Per cent that an arrow key moves. */
const STEP = 2;

/** The tracks of a grid with a splitter between each two panels. */
export function tracks({ shares }: Group): string {
	return shares.value.map((share) => `minmax(0, ${share}fr)`).join(' var(--splitter) ');
}

/** A handle between two panels of a group: by pointer, by arrow keys, and double click for the standard. */
export function Splitter(props: { group: Group; boundary: number; direction: Direction; label: string }) {
	const { group, boundary, direction, label } = props;
	const dragged = useRef<{ at: number; size: number } | undefined>(undefined);
	const place = (event: PointerEvent) => (direction === 'rows' ? event.clientY : event.clientX);
	const move = (by: number) => moveBoundary(group, boundary, by);
	const [back, forth] = direction === 'rows' ? ['ArrowUp', 'ArrowDown'] : ['ArrowLeft', 'ArrowRight'];

	return (
		// biome-ignore lint/a11y/useSemanticElements: an <hr> takes no focus and no value
		<div
			class={`splitter ${direction}`}
			role="separator"
			tabIndex={0}
			aria-label={label}
			aria-orientation={direction === 'rows' ? 'horizontal' : 'vertical'}
			aria-valuemin={LEAST}
			aria-valuemax={100 - LEAST}
			aria-valuenow={Math.round(sum(group.shares.value.slice(0, boundary + 1)))}
			onPointerDown={(event) => {
				const box = event.currentTarget.parentElement?.getBoundingClientRect();
				if (box === undefined) return;
				event.currentTarget.setPointerCapture(event.pointerId);
				dragged.current = { at: place(event), size: direction === 'rows' ? box.height : box.width };
			}}
			onPointerMove={(event) => {
				const from = dragged.current;
				if (from === undefined) return;
				const moved = move(((place(event) - from.at) / from.size) * 100);
				from.at += (moved / 100) * from.size;
			}}
			onLostPointerCapture={() => {
				dragged.current = undefined;
				group.keep();
			}}
			onDblClick={() => group.reset()}
			onKeyDown={(event) => {
				if (event.key === back) move(-STEP);
				else if (event.key === forth) move(STEP);
				else if (event.key === 'Enter') group.reset();
				else return;
				event.preventDefault();
				group.keep();
			}}
		/>
	);
}

/** @returns by how much it was really moved */
function moveBoundary({ shares }: Group, boundary: number, by: number): number {
	const before = shares.value[boundary] ?? 0;
	const after = shares.value[boundary + 1] ?? 0;
	const moved = Math.max(Math.min(LEAST - before, 0), Math.min(by, Math.max(after - LEAST, 0)));
	shares.value = shares.value.map((share, index) =>
		index === boundary ? share + moved : index === boundary + 1 ? share - moved : share,
	);
	return moved;
}

function sum(numbers: readonly number[]): number {
	return numbers.reduce((total, number) => total + number, 0);
}
