/** As test/support/node/byte-strings.ts. */
export { byteStrings } from '../../../src/bytes/byte-strings.ts';
