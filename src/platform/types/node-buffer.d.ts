/** Codec methods of Node's Buffer that @types/node leaves out; public since Node 0.x, used by its own streams. */
interface Buffer {
	latin1Write(text: string, offset: number): number;
	latin1Slice(start: number, end: number): string;
}
