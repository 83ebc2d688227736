import { IconButton } from '../icons/icon-button.tsx';
import { RestoreIcon, WholeIcon } from '../icons/icons.tsx';
import { type PanelName, wholePanel } from './active-panel.ts';

/** Gives a panel the whole page, and takes it back. `of` names it for people. */
export function WholeButton({ panel, of }: { panel: PanelName; of: string }) {
	const isWhole = wholePanel.value === panel;
	const label = isWhole ? 'Show all panels' : `Maximise ${of}`;
	return (
		<span class="whole wide-only">
			<IconButton
				icon={isWhole ? RestoreIcon : WholeIcon}
				label={label}
				title={label}
				onClick={() => {
					wholePanel.value = isWhole ? undefined : panel;
				}}
			/>
		</span>
	);
}
