/** Opcodes of WebAssembly that the translation has to know by name. */
export const Op = {
	unreachable: 0x00,
	nop: 0x01,
	block: 0x02,
	loop: 0x03,
	if: 0x04,
	else: 0x05,
	end: 0x0b,
	br: 0x0c,
	brIf: 0x0d,
	brTable: 0x0e,
	return: 0x0f,
	call: 0x10,
	callIndirect: 0x11,
	returnCall: 0x12,
	drop: 0x1a,
	select: 0x1b,
	localGet: 0x20,
	localSet: 0x21,
	localTee: 0x22,
	globalGet: 0x23,
	globalSet: 0x24,
	i32Load: 0x28,
	i32Load8u: 0x2d,
	lastLoad: 0x35,
	i32Store: 0x36,
	lastStore: 0x3e,
	memorySize: 0x3f,
	memoryGrow: 0x40,
	i32Const: 0x41,
	i64Const: 0x42,
	f32Const: 0x43,
	f64Const: 0x44,
	i32Eqz: 0x45,
	i32Eq: 0x46,
	i32LeS: 0x4c,
	i32Add: 0x6a,
	i32Sub: 0x6b,
	i32And: 0x71,
	firstNumeric: 0x45,
	lastNumeric: 0xc4,
	prefixed: 0xfc,
} as const;

/** Types of values. */
export const I32 = 0x7f;
export const I64 = 0x7e;
export const F32 = 0x7d;
export const F64 = 0x7c;
/** Of a block that leaves no value. */
export const NO_RESULT = 0x40;

/** What follows 0xfc. */
export const Prefixed = { lastTruncation: 7, memoryCopy: 10, memoryFill: 11 } as const;

/** Numeric instructions that take one operand; the others take two. First and last of each group. */
const UNARY = [
	[0x45, 0x45],
	[0x50, 0x50],
	[0x67, 0x69],
	[0x79, 0x7b],
	[0x8b, 0x91],
	[0x99, 0x9f],
	[0xa7, 0xc4],
] as const;

/** How many operands a numeric instruction takes. */
export const operandsOf = (op: number): number => (UNARY.some(([first, last]) => op >= first && op <= last) ? 1 : 2);
