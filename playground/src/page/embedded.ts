/** The file that `?embed=FILE` opens. `null` = the page is no frame of another one. */
const embedded = new URLSearchParams(location.search).get('embed');

/** The page is a frame of another one: `?embed` shows the code and the app, and nothing around them. */
export const isEmbedded = embedded !== null;

/** The file that the page around it has named, if any. */
export const embeddedFile = embedded ?? '';

/** The address of the whole playground. */
export function wholePage(): string {
	const url = new URL(location.href);
	url.searchParams.delete('embed');
	url.hash = '';
	return url.href;
}
