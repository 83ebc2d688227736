/** What holds at a place, whichever way led there. */
export type Known = {
	/** The local has the opline that the frame has. */
	stored: boolean;
	/** The handler's first parameter is the frame still. */
	frame: boolean;
	/** Its second parameter is an opline without the bit that says "another frame". */
	opline: boolean;
};

/** A block that is being written; `met` is what holds at its end, undefined until something leads there. */
export type Open = { op: number; result: number; height: number; before: Known; met: Known | undefined; start: number };

/** What holds where two ways meet. */
export const bothKnown = (a: Known, b: Known): Known => ({
	stored: a.stored && b.stored,
	frame: a.frame && b.frame,
	opline: a.opline && b.opline,
});
