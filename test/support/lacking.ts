/** Whether tests are skipped because something is not on this machine. Says what, for a skipped test does not. */
export function lacking(what: string | undefined): boolean {
	if (what !== undefined) console.warn(what);
	return what !== undefined;
}
