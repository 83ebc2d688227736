/** As test/support/node/byte-strings.ts. */
export { byteStrings } from '../../../src/platform/browser/threads/browser-byte-strings.ts';
