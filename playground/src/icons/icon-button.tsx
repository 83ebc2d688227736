import type { ComponentType } from 'preact';

type IconButtonProps = {
	readonly icon: ComponentType;
	/** What it does, for those who do not see the icon. */
	readonly label: string;
	/** The tooltip; default: none. */
	readonly title?: string;
	readonly disabled?: boolean;
	/** Default: it submits its form. */
	readonly onClick?: () => void;
};

/** A button with just an icon. */
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
