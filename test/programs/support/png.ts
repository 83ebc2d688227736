import { crc32, deflateSync } from 'node:zlib';

/** A picture with slopes of colours, as a PNG file. */
export function png(width: number, height: number): Buffer {
	const lines = Array.from({ length: height }, (_, y) => {
		const line = Buffer.alloc(1 + width * 3);
		for (let x = 0; x < width; x++) {
			line.set([(x * 255) / width, (y * 255) / height, ((x + y) * 255) / (width + height)], 1 + x * 3);
		}
		return line;
	});
	const head = Buffer.alloc(13);
	head.writeUInt32BE(width, 0);
	head.writeUInt32BE(height, 4);
	// 8 bits, RGB.
	head.set([8, 2], 8);
	return Buffer.concat([
		Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
		chunk('IHDR', head),
		chunk('IDAT', deflateSync(Buffer.concat(lines))),
		chunk('IEND', Buffer.alloc(0)),
	]);
}

/** Width and height, as a PNG file tells them. */
export function pngSize(file: Buffer): [number, number] {
	if (file.toString('latin1', 1, 4) !== 'PNG') throw new Error('This is no PNG file.');
	return [file.readUInt32BE(16), file.readUInt32BE(20)];
}

function chunk(type: string, data: Buffer): Buffer {
	const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
	const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
	length.writeUInt32BE(data.length);
	sum.writeUInt32BE(crc32(body));
	return Buffer.concat([length, body, sum]);
}
