import { OptionsError } from './options-error.ts';

/** A further folder for PHP: text `HOST[:PHP][:ro]`, or its parts. Without `php` it has the same path for PHP. */
export type VisibleOption = string | { readonly host: string; readonly php?: string; readonly readOnly?: boolean };

/** A folder that PHP sees; absolute paths. */
export interface VisibleFolder {
	readonly host: string;
	/** Where PHP sees it. */
	readonly php: string;
	/** PHP changes nothing in it. */
	readonly readOnly: boolean;
	/** The operator has not named it. */
	readonly implied?: boolean;
}

/** Reads `HOST[:PHP][:ro]`. @throws OptionsError */
export function parseVisible(text: string): Exclude<VisibleOption, string> {
	const parts = text.split(':');
	const readOnly = parts.length > 1 && parts.at(-1) === 'ro';
	const [host = '', php, ...rest] = readOnly ? parts.slice(0, -1) : parts;
	if (host === '' || php === '' || rest.length > 0 || text.includes('\0')) {
		throw new OptionsError('bad_mount', `'${text}' is no folder to show; write HOST, HOST:PHP or HOST:PHP:ro.`);
	}
	return { host, readOnly, ...(php !== undefined && { php }) };
}
