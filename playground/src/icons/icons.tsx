import type { ComponentChildren } from 'preact';

/** Drawn in the text colour, 16 px, and hidden from screen readers: their meaning stands beside them. */
function icon(content: ComponentChildren) {
	return function Icon() {
		return (
			<svg
				class="icon"
				viewBox="0 0 16 16"
				width="16"
				height="16"
				fill="none"
				stroke="currentColor"
				stroke-width="1.5"
				stroke-linecap="round"
				stroke-linejoin="round"
				aria-hidden="true"
			>
				{content}
			</svg>
		);
	};
}

export const RunIcon = icon(<path d="M4.5 3v10l8-5z" fill="currentColor" />);
export const ResetIcon = icon(<path d="M3 3v3.5h3.5M3.3 6.3A5.2 5.2 0 1 1 3 9.5" />);
export const ReloadIcon = icon(<path d="M13 3v3.5H9.5M12.7 6.3A5.2 5.2 0 1 0 13 9.5" />);
export const OpenIcon = icon(<path d="M2.5 12.5v-9h4l1.5 2h5.5v7z" />);
export const SettingsIcon = icon(
	<>
		<path d="M2.5 5h5M11.5 5h2M2.5 11h2M8.5 11h5" />
		<circle cx="9.5" cy="5" r="1.8" />
		<circle cx="6.5" cy="11" r="1.8" />
	</>,
);
export const ShareIcon = icon(
	<path d="M6.5 9.5l3-3M7 4.5l1-1a3 3 0 0 1 4.3 4.3l-1 1M9 11.5l-1 1a3 3 0 0 1-4.3-4.3l1-1" />,
);
export const DownloadIcon = icon(<path d="M8 2.5v7.5M4.8 7L8 10.2 11.2 7M3 13.5h10" />);
export const AddIcon = icon(<path d="M8 3.5v9M3.5 8h9" />);
export const RenameIcon = icon(<path d="M10.7 3.3l2 2L6 12l-2.7.7L4 10z" />);
export const DeleteIcon = icon(<path d="M3 4.5h10M6.5 4.3V2.8h3v1.5M4.5 4.8l.6 8.4h5.8l.6-8.4" />);
export const CloseIcon = icon(<path d="M4 4l8 8M12 4l-8 8" />);
export const StopIcon = icon(<path d="M4.5 4.5h7v7h-7z" fill="currentColor" />);
export const NewTabIcon = icon(<path d="M9 3h4v4M13 3L7.5 8.5M11.5 9.5v3.5h-8.5v-8.5H6.5" />);
export const SendIcon = icon(<path d="M2.5 8h10M9 4.5L12.5 8 9 11.5" />);
export const LightIcon = icon(
	<>
		<circle cx="8" cy="8" r="2.7" />
		<path d="M8 1.5v1.3M8 13.2v1.3M1.5 8h1.3M13.2 8h1.3M3.4 3.4l.9.9M11.7 11.7l.9.9M3.4 12.6l.9-.9M11.7 4.3l.9-.9" />
	</>,
);
export const DarkIcon = icon(<path d="M13.2 9.6A5.6 5.6 0 0 1 6.4 2.8a5.6 5.6 0 1 0 6.8 6.8z" />);
export const SystemIcon = icon(
	<>
		<circle cx="8" cy="8" r="5.5" />
		<path d="M8 2.5a5.5 5.5 0 0 1 0 11z" fill="currentColor" />
	</>,
);
export const CodeIcon = icon(<path d="M5.5 4.5L2 8l3.5 3.5M10.5 4.5L14 8l-3.5 3.5" />);
export const AppIcon = icon(<path d="M2.5 3.5h11v9h-11zM2.5 6.3h11" />);
export const TimelineIcon = icon(<path d="M2 4.5h6M5.5 8h7M3.5 11.5h4M10.5 11.5h3" stroke-width="2" />);
export const SidekickIcon = icon(
	<>
		<circle cx="6" cy="8" r="3.5" />
		<path d="M11.5 5.5a3.5 3.5 0 0 1 0 5M13.5 3.8a6 6 0 0 1 0 8.4" />
	</>,
);
export const LogIcon = icon(<path d="M3 4h10M3 8h10M3 12h6" />);
export const WholeIcon = icon(<path d="M3 6.5V3h3.5M13 6.5V3H9.5M3 9.5V13h3.5M13 9.5V13H9.5" />);
export const RestoreIcon = icon(<path d="M6.5 3v3.5H3M9.5 3v3.5H13M6.5 13V9.5H3M9.5 13V9.5H13" />);
