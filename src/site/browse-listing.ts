/** One line of a folder's listing. */
export interface ListingEntry {
	/** Without a slash. */
	readonly name: string;
	readonly isFolder: boolean;
	/** Bytes. */
	readonly size: number;
	readonly modified: Date;
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
const STYLE = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.35rem .75rem .35rem 0;border-bottom:1px solid #8884}
.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}td a{overflow-wrap:anywhere}`;

/** Folders first, then by name as people sort: `2` before `10`. */
function sortEntries(entries: readonly ListingEntry[]): ListingEntry[] {
	const collator = new Intl.Collator('en', { numeric: true });
	return entries.toSorted(
		(a, b) => Number(b.isFolder) - Number(a.isFolder) || collator.compare(a.name, b.name) || (a.name < b.name ? -1 : 1),
	);
}

/**
 * A folder as a page. Names are text in it, whatever they contain.
 *
 * @param path as people read it, with a final '/'
 */
export function listingPage(path: string, entries: readonly ListingEntry[], hasParent: boolean): string {
	const title = escapeHtml(path);
	const rows = sortEntries(entries).map(row);
	if (hasParent) rows.unshift('<tr><td><a href="../">../</a></td><td></td><td></td></tr>');
	return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${title}</h1>
<table>
<thead><tr><th scope="col">Name</th><th scope="col" class="number">Size</th><th scope="col" class="number">Modified</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>
</main>
</body>
</html>
`;
}

/** A folder as data, for `Accept: application/json`; the fields are Caddy's. */
export function listingJson(entries: readonly ListingEntry[]): string {
	return JSON.stringify(
		sortEntries(entries).map(({ name, isFolder, size, modified }) => ({
			name: isFolder ? `${name}/` : name,
			size,
			url: hrefOf(name, isFolder),
			mod_time: modified.toISOString(),
			is_dir: isFolder,
		})),
	);
}

function row({ name, isFolder, size, modified }: ListingEntry): string {
	const text = escapeHtml(isFolder ? `${name}/` : name);
	const time = modified.toISOString();
	return (
		`<tr><td><a href="${escapeHtml(hrefOf(name, isFolder))}">${text}</a></td>` +
		`<td class="number">${isFolder ? '' : readableSize(size)}</td>` +
		`<td class="number"><time datetime="${time}">${time.slice(0, 16).replace('T', ' ')}</time></td></tr>`
	);
}

/** Relative; `./` keeps a name with a colon from being a scheme. */
function hrefOf(name: string, isFolder: boolean): string {
	return `./${encodeURIComponent(name.toWellFormed())}${isFolder ? '/' : ''}`;
}

function readableSize(bytes: number): string {
	let amount = bytes;
	let unit = 0;
	for (; amount >= 1024 && unit < UNITS.length - 1; unit++) amount /= 1024;
	return `${unit === 0 ? amount : amount.toFixed(1)} ${UNITS[unit]}`;
}

function escapeHtml(text: string): string {
	return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
