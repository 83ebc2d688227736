/** Where PHP says that an error happened. */
export interface PhpErrorPlace {
	/** `Fatal error`, `Warning`, `Deprecated`, … */
	readonly error: string;
	/** Path of the script. */
	readonly file: string;
	readonly line: number;
}

/** What PHP writes before an error in its log; of several in one text, the first counts. */
const PREFIX =
	/^PHP ((?:Fatal|Parse|Recoverable fatal|Core|Compile|User) ?error|Core warning|Compile warning|[A-Z][a-z]+): {1,2}/;
/** An uncaught exception says twice where it was thrown; this is at its very end. */
const PLACE = / in (\S[^\n]*) on line (\d+)$/;

/** Where an error that PHP has logged happened; `undefined` = the text is no such error. */
export function placeOfPhpError(message: string): PhpErrorPlace | undefined {
	const error = PREFIX.exec(message)?.[1];
	if (error === undefined) return undefined;
	const place = PLACE.exec(message.trimEnd());
	if (place === null) return undefined;
	return { error, file: place[1] as string, line: Number(place[2]) };
}
