import type { ComponentType } from 'preact';

type IconButtonProps = {
	readonly icon: ComponentType;
	/** What it does, for who does not see the icon. */
	readonly label: string;
	/** What the mouse tells; default: nothing. */
	readonly title?: string;
	readonly disabled?: boolean;
	/** Default: it submits its form. */
	readonly onClick?: () => void;
};

/** A button that is an icon. */
export function IconButton({ icon: Icon, label, title, disabled, onClick }: IconButtonProps) {
	return (
		<button
			type={onClick === undefined ? 'submit' : 'button'}
			class="quiet square"
			title={title}
			aria-label={label}
			disabled={disabled}
			onClick={onClick}
		>
			<Icon />
		</button>
	);
}
