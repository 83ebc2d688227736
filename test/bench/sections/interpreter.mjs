import { kernelNote, kernelRows } from '../kernels.mjs';

/** PHP that lives on opcodes, and PHP as programs use it: opcodes and functions. */
export async function interpreter() {
	return {
		notes: [kernelNote],
		rows: [
			...(await kernelRows({ file: 'kernels.php', label: 'kernel', kernels: 13, native: 1.8, stock: 0.6 })),
			...(await kernelRows({ file: 'mixed.php', label: 'mixed', kernels: 19, native: 1.55 })),
		],
	};
}
