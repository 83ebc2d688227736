/** The page is a frame of another one: `?embed` shows the code and the app, and nothing around them. */
export const isEmbedded = new URLSearchParams(location.search).has('embed');

/** The address of the whole playground. */
export function wholePage(): string {
	const url = new URL(location.href);
	url.searchParams.delete('embed');
	url.hash = '';
	return url.href;
}
