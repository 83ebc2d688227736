/** The anchor of a heading, as GitHub makes it. Of two equal ones on a page the second has `-1` at its end; see the callers. */
export function anchorOf(heading: string): string {
	return heading
		.trim()
		.toLowerCase()
		.replace(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
		.replaceAll(' ', '-');
}
