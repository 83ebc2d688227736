const BOUNDARY = 'a-boundary-of-the-test';

/** Flat headers and the body of a form with these parts; `file` makes a part a file. */
export function multipart(parts: readonly { name: string; value: string; file?: string; type?: string }[]): {
	method: 'POST';
	headers: readonly string[];
	body: string;
} {
	const texts = parts.map(({ name, value, file, type }) =>
		[
			`--${BOUNDARY}`,
			`Content-Disposition: form-data; name="${name}"${file === undefined ? '' : `; filename="${file}"`}`,
			...(type === undefined ? [] : [`Content-Type: ${type}`]),
			'',
			value,
			'',
		].join('\r\n'),
	);
	return {
		method: 'POST',
		headers: ['Content-Type', `multipart/form-data; boundary=${BOUNDARY}`],
		body: `${texts.join('')}--${BOUNDARY}--\r\n`,
	};
}
