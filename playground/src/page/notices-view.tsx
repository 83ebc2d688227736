import { IconButton } from '../icons/icon-button.tsx';
import { CloseIcon } from '../icons/icons.tsx';
import { dismiss, notices } from './notices.ts';

/** Sentences in the corner of the page. */
export function Notices() {
	return (
		<div class="notices" role="log" aria-live="polite" aria-label="Messages">
			{notices.value.map(({ id, tone, sentence, action }) => (
				<div key={id} class="notice" data-tone={tone}>
					<p>{sentence}</p>
					{action && (
						<button
							type="button"
							class="link"
							onClick={() => {
								action.run();
								dismiss(id);
							}}
						>
							{action.label}
						</button>
					)}
					<IconButton icon={CloseIcon} label="Close the message" onClick={() => dismiss(id)} />
				</div>
			))}
		</div>
	);
}
