/** Byte strings as this platform has them. */
export { byteStrings } from '../../../src/platform/node/threads/node-byte-strings.ts';
