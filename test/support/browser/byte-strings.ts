/** As test/support/node/byte-strings.ts. */
export { byteStrings } from '../../../';
