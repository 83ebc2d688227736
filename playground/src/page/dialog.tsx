import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { IconButton } from '../icons/icon-button.tsx';
import { CloseIcon } from '../icons/icons.tsx';

type DialogProps = {
	readonly title: string;
	/** Of the style sheet. */
	readonly kind: string;
	readonly onClose: () => void;
	readonly children: ComponentChildren;
};

/** A modal dialog with a heading and a button that closes it. */
export function Dialog({ title, kind, onClose, children }: DialogProps) {
	const dialog = useRef<HTMLDialogElement>(null);
	const titleId = useId();
	useEffect(() => {
		dialog.current?.showModal();
	}, []);
	return (
		<dialog ref={dialog} class={kind} aria-labelledby={titleId} onClose={onClose}>
			<form method="dialog" class="dialog-head">
				<h2 id={titleId}>{title}</h2>
				<IconButton icon={CloseIcon} label="Close" />
			</form>
			{children}
		</dialog>
	);
}
